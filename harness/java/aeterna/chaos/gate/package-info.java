/** A run against a baseline: what got worse. */
package aeterna.chaos.gate;
