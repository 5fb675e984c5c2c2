/** The ways to break things, one file each. {@code run} knows the interfaces of this package and no fault. */
package aeterna.chaos.fault;
