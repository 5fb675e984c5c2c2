/** The command line: one class per command, and the wiring of the rest behind it. */
package aeterna.chaos.cli;
