package aeterna.chaos.journal;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Undo;

/** Carries out one step back; doing it twice is doing it once. */
@FunctionalInterface
public interface Healer {
    /** Takes the step; throws when it could not be taken. */
    void heal(Undo undo);

    /** The healer that acts through a testbed's ports. */
    static Healer through(Testbed testbed) {
        return undo -> {
            if (undo instanceof Undo.Thaw thaw) {
                testbed.machines().thaw(thaw.nodes());
            } else if (undo instanceof Undo.PowerOn powerOn) {
                testbed.machines().powerOn(powerOn.nodes());
            } else if (undo instanceof Undo.Reconnect reconnect) {
                testbed.machines().reconnect(reconnect.nodes());
            } else {
                throw new IllegalStateException("nobody knows how to carry out " + undo);
            }
        };
    }
}
