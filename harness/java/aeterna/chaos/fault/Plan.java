package aeterna.chaos.fault;

import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Witness;

/**
 * An aimed fault made of its parts.
 *
 * @param planned who will be hit and every step back
 * @param witness who will see it land
 * @param act what is done
 */
record Plan(Injected planned, Witness witness, Act act) implements Aimed {
    /** What is done. */
    @FunctionalInterface
    interface Act {
        void go() throws Exception;
    }

    @Override
    public void inject() throws Exception {
        act.go();
    }
}
