package aeterna.chaos.check;

import aeterna.chaos.model.Promise;
import java.time.Duration;

/** Everything that can be promised. */
public final class Promises {
    private Promises() {}

    /** No client goes unserved for longer, each judged by itself; whether the fault is still in place makes no difference. */
    public static Promise servedAgainWithin(Duration limit) {
        return new ServedAgainWithin(limit);
    }

    /** The stack is whole again, for good, that long after healing; after the act, when there was nothing to heal. */
    public static Promise redundantAgainWithin(Duration limit) {
        return new RedundantAgainWithin(limit);
    }

    /** For every pod that was hit another one, or its restarted self, is Ready that long after the act began. */
    public static Promise newPodReadyWithin(Duration limit) {
        return new NewPodReadyWithin(limit);
    }

    /** Every write that was acknowledged is there when it is read back after healing. */
    public static Promise noAcknowledgedWriteLost() {
        return new NoAcknowledgedWriteLost();
    }

    /** Whatever is lost of what was acknowledged was acknowledged within so short a time: for stores that replicate asynchronously. */
    public static Promise lossWindowWithin(Duration window) {
        return new LossWindowWithin(window);
    }

    /** No two instances acknowledge writes on different timelines in the same time. */
    public static Promise neverTwoPrimaries() {
        return new NeverTwoPrimaries();
    }
}
