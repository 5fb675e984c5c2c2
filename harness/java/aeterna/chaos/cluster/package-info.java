/** The ports to a cluster that may be broken, and the readers of its topology files. Knows {@code model} alone; the adapters are in the packages below. */
package aeterna.chaos.cluster;
