package aeterna.chaos.model;

import java.util.Locale;

/**
 * Something that a fault can leave on a testbed, and that an untouched testbed has not.
 *
 * @param kind what it is
 * @param where on which node, or {@code the cluster}
 * @param what which one, in words
 */
public record Trace(Kind kind, String where, String what) implements Comparable<Trace> {
    /** What is left. */
    public enum Kind {
        /** A machine that is off. */
        POWER,
        /** A machine, or a pod on one, whose processes the freezer holds. */
        FROZEN,
        /** A machine whose cable is out, down or gone. */
        CABLE,
        /** A queueing discipline that delays, drops or limits. */
        QUEUE,
        /** A packet filter's rule, chain or table. */
        FILTER,
        /** A route that leads nowhere. */
        ROUTE,
        /** A process stopped by a signal. */
        STOPPED,
        /** A process that uses up what others need. */
        PROCESS,
        /** A machine that may use less of the processor than all of it. */
        LIMIT,
        /** A file that fills a volume. */
        FILE,
        /** A volume put in the place of another one. */
        MOUNT,
        /** A clock that differs from the machine's. */
        CLOCK,
        /** A helper container. */
        HELPER,
        /** A node that takes no new pods. */
        CORDON,
        /** A taint that the topology does not give. */
        TAINT,
        /** A Kubernetes object that carries {@link Mark#LABEL}, such as a network policy. */
        OBJECT
    }

    /** What is said of the whole cluster is said to be there. */
    public static final String CLUSTER = "the cluster";

    @Override
    public int compareTo(Trace other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return where + ": " + kind.name().toLowerCase(Locale.ROOT) + ": " + what;
    }
}
