package aeterna.chaos.model;

/** What a run proved. */
public enum Verdict {
    /** The fault verifiably happened, and the promise was kept. */
    HELD,
    /** The fault verifiably happened, and the promise was not kept. */
    BROKEN,
    /** Nothing was proven; never a pass. */
    VOID
}
