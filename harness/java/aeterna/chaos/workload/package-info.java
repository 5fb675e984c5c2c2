/** The clients that keep working during a fault and write the history. {@code run} knows {@link aeterna.chaos.workload.Workload} alone. */
package aeterna.chaos.workload;
