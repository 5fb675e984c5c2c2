package aeterna.chaos.model;

import java.time.Duration;

/**
 * One of a workload's clients: a stream of requests of one kind, over one sort of connection, on a fixed schedule.
 *
 * @param name unique in the run, such as {@code api write new}
 * @param kind what its requests do
 * @param connection whether each of them connects anew
 * @param spacing the time between two scheduled requests, more than zero
 * @param deadline what a user would put up with: an answer later than this after the scheduled moment is not OK
 * @param cap how many requests may be in flight, at least 1; further ones are shed
 * @param vantage the zone that it works in; empty for one that comes from outside of all, as users do: promises are made to those alone
 */
public record Client(
        String name,
        Op.Kind kind,
        Op.Connection connection,
        Duration spacing,
        Duration deadline,
        int cap,
        String vantage) {
    private static final Duration SETTLED = Duration.ofSeconds(2);

    /**
     * @throws IllegalArgumentException when a number is out of its range
     */
    public Client {
        if (spacing.isNegative() || spacing.isZero() || deadline.isNegative() || deadline.isZero() || cap < 1) {
            throw new IllegalArgumentException(
                    "the client '" + name + "' needs a spacing and a deadline above zero and a cap of at least 1");
        }
        // Older histories know of no other clients than those from outside.
        vantage = vantage == null ? "" : vantage;
    }

    /** One from outside of all zones. */
    public Client(String name, Op.Kind kind, Op.Connection connection, Duration spacing, Duration deadline, int cap) {
        this(name, kind, connection, spacing, deadline, cap, "");
    }

    /** True when promises are made to it. */
    public boolean outside() {
        return vantage.isEmpty();
    }

    /** How long every request must be OK before service counts as back: two seconds, or four spacings when that is longer. */
    public Duration settled() {
        var fourSpacings = spacing.multipliedBy(4);
        return fourSpacings.compareTo(SETTLED) > 0 ? fourSpacings : SETTLED;
    }

    @Override
    public String toString() {
        return name;
    }
}
