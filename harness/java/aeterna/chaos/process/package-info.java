/** Other programs of this machine, run, read and ended. Knows {@code model} and {@code time}. */
package aeterna.chaos.process;
