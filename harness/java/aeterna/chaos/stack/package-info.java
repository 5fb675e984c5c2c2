/**
 * The stack and its components: what is deployed, who leads, what steady means, how to reach it. Knows {@code model},
 * {@code client} and the ports of {@code cluster}.
 */
package aeterna.chaos.stack;
