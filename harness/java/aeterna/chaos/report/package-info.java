/** Everything that people look at, from the history alone. */
package aeterna.chaos.report;
