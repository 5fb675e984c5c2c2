package aeterna.chaos.fault;

/** A fault that is over once done, such as a killed pod: nothing stays in place and nothing is to be undone. */
public interface OneShotFault extends Fault {}
