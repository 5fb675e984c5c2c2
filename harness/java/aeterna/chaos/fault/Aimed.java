package aeterna.chaos.fault;

import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Witness;

/** A fault whose target is resolved, a moment before the act. */
public interface Aimed {
    /** Who will be hit and every step back, complete before anything is touched: it is fsynced first. */
    Injected planned();

    /** Who will see it land, by another channel than the act's own; remembers how things were before. */
    Witness witness();

    /** The act. It may be interrupted, and may fail half done: {@link #planned()} undoes any part of it. */
    void inject() throws Exception;
}
