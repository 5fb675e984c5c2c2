/** The catalogue: one class per hypothesis about the stack. Newcomers read this first. */
package aeterna.chaos.scenarios;
