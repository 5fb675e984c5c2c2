package aeterna.chaos.fault;

import aeterna.chaos.model.Hold;
import java.time.Duration;

/** A fault that stays in place until it is healed, such as a frozen node. An experiment takes it together with a {@link Hold}. */
public interface HeldFault extends Fault {
    /** Stays for exactly that long, more than zero. */
    default Held holdFor(Duration time) {
        return new Held(this, Hold.holdFor(time));
    }

    /** Stays until the clients are served again, ten seconds at least. */
    default Held untilServed() {
        return new Held(this, Hold.untilServed());
    }

    /** Stays until the clients are served again, and at least for the minimum. */
    default Held untilServed(Duration minimum) {
        return new Held(this, Hold.untilServed(minimum));
    }

    /**
     * A fault and how long it stays.
     *
     * @param fault what is broken
     * @param hold how long it stays
     */
    record Held(HeldFault fault, Hold hold) {}
}
