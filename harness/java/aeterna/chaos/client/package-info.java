/**
 * Connections to the stores, as an application makes them; shared by the workloads, which write the history over them, and
 * by the stack, whose steady checks go the same ways. Knows {@code model} alone.
 */
package aeterna.chaos.client;
