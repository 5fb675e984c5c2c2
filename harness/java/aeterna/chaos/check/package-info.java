/** Pure judges of a history, and {@link aeterna.chaos.check.Promises}, their factory. No I/O, no clock, no other package but {@code model}. */
package aeterna.chaos.check;
