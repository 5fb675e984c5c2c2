/** How a testbed is at this moment, seen in bounded time whatever is broken. Knows {@code model}, {@code time}, {@code stack} and the ports of {@code cluster}. */
package aeterna.chaos.status;
