/** The one function that carries out an experiment. Knows what a fault and a workload are, and not one of them by name. */
package aeterna.chaos.run;
