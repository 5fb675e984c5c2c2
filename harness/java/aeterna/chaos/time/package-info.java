/** Clocks and waiting: the only home of sleeps, of Awaitility and of the machine's clocks. */
package aeterna.chaos.time;
