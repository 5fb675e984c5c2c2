package aeterna.chaos.model;

import java.time.Duration;

/**
 * How long a fault stays in place.
 *
 * @param kind when it ends
 * @param minimum how long it stays at least; zero for one-shot faults alone
 */
public record Hold(Kind kind, Duration minimum) {
    /** A fault that waits for service stays this long at least, so that one nobody felt has still been there to feel. */
    private static final Duration LEAST = Duration.ofSeconds(10);

    /** When a fault ends. */
    public enum Kind {
        /** It is over once done; there is nothing to undo. */
        ONE_SHOT,
        /** After a fixed time. */
        FIXED,
        /** Once the clients are served again in spite of it. */
        UNTIL_SERVED
    }

    /**
     * @throws IllegalArgumentException when a held fault is held for no time, or a one-shot one for some
     */
    public Hold {
        if (minimum.isNegative() || minimum.isZero() != (kind == Kind.ONE_SHOT)) {
            throw new IllegalArgumentException("a held fault stays longer than zero, a one-shot fault does not stay");
        }
    }

    /** Nothing stays in place. */
    public static Hold oneShot() {
        return new Hold(Kind.ONE_SHOT, Duration.ZERO);
    }

    /** Stays for exactly that long, more than zero, whoever is served meanwhile. */
    public static Hold holdFor(Duration time) {
        return new Hold(Kind.FIXED, time);
    }

    /** Stays until the clients are served again, ten seconds at least. */
    public static Hold untilServed() {
        return untilServed(LEAST);
    }

    /** Stays until the clients are served again, and at least for the minimum, which is more than zero. */
    public static Hold untilServed(Duration minimum) {
        return new Hold(Kind.UNTIL_SERVED, minimum);
    }

    @Override
    public String toString() {
        return switch (kind) {
            case ONE_SHOT -> "one-shot";
            case FIXED -> "held for " + Words.of(minimum);
            case UNTIL_SERVED -> "held until served, at least " + Words.of(minimum);
        };
    }
}
