/** What long work shows on a terminal or writes into a log: what, how far, how long still. */
package aeterna.chaos.console;
