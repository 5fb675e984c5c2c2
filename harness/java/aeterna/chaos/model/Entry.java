package aeterna.chaos.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** One thing seen in a run: a line of the history. Moments are nanoseconds on the run's monotonic clock. */
public sealed interface Entry permits Op, Finding, Entry.Timed {
    /** When it was seen; the end of all time for what was found out afterwards. */
    default long at() {
        return Long.MAX_VALUE;
    }

    /** Everything but requests and findings. */
    sealed interface Timed extends Entry {}

    /**
     * A run began; the first entry of its history.
     *
     * @param at now, on the monotonic clock
     * @param wallTime now, to line up with cluster events
     * @param setting what it runs in
     * @param experiment the hypothesis
     * @param fault the report's line
     * @param hold how long the fault stays
     * @param promises what is asserted, one line each
     */
    record Began(
            long at,
            Instant wallTime,
            Setting setting,
            String experiment,
            String fault,
            Hold hold,
            List<String> promises)
            implements Timed {
        public Began {
            promises = List.copyOf(promises);
        }
    }

    /** A step of the run began. */
    record PhaseBegan(long at, Phase phase) implements Timed {}

    /** A steady check was looked at; {@code began} is when the look began, {@code at} when it had its answer. */
    record Looked(long began, long at, String check, boolean steady, String seen) implements Timed {}

    /** The floor was computed. */
    record FloorComputed(long at, Floor floor) implements Timed {}

    /** A client began its schedule. */
    record ClientBegan(long at, Client client) implements Timed {}

    /** The act begins now: who will be hit and how to undo it is known. */
    record Injecting(long at, Injected planned) implements Timed {}

    /** The act is done. */
    record InjectionDone(long at) implements Timed {}

    /** The witness looked; {@code began} is when the look began, {@code at} when it had its answer. */
    record Sighted(long began, long at, Sighting sighting) implements Timed {}

    /** The clients were seen to be served again; when exactly is for the checkers to say. */
    record Served(long at) implements Timed {}

    /** The undo of a held fault was carried out. */
    record Healed(long at) implements Timed {}

    /** Every steady check held again at the same time; when exactly is for the checkers to say. */
    record Redundant(long at) implements Timed {}

    /**
     * A pod as the API server told of it.
     *
     * @param at when that was heard
     * @param pod {@code namespace/name}
     * @param uid changes when the pod was made anew
     * @param restarts of all its containers together
     * @param owner what replaces it when it is gone, as {@code kind/name}; empty for a bare pod
     * @param node where it runs; empty while pending
     * @param ready its Ready condition
     * @param gone true once it is terminating or deleted
     */
    record PodSeen(
            long at, String pod, String uid, int restarts, String owner, String node, boolean ready, boolean gone)
            implements Timed {}

    /**
     * A service's traffic goes somewhere else than before.
     *
     * @param at when that was heard
     * @param service its name
     * @param ready the pods that get traffic, by name
     */
    record RouteSeen(long at, String service, List<String> ready) implements Timed {
        public RouteSeen {
            ready = List.copyOf(ready);
        }
    }

    /**
     * A leader's lock changed hands, or was renewed.
     *
     * @param at when that was heard
     * @param lock its name
     * @param holder the pod that holds it; empty when nobody does
     * @param ttl how long it is valid from now on unless renewed; zero when it does not say
     */
    record LockSeen(long at, String lock, String holder, Duration ttl) implements Timed {}

    /**
     * Anything else worth a place on the timeline: a Kubernetes event, a new leader, a log line.
     *
     * @param at when that was heard
     * @param source where it comes from, such as {@code event} or {@code lease}
     * @param subject whom it is about
     * @param what one line
     */
    record Observed(long at, String source, String subject, String what) implements Timed {}

    /**
     * What a client's writes look like on one instance, read back after healing.
     *
     * @param at when that was read
     * @param client whose writes
     * @param instance where they were read, such as {@code through the API} or a replica's name
     * @param authoritative true for the one place where an acknowledged write must be; others may lag
     * @param copies every key found there and how often
     */
    record ReadBack(long at, String client, String instance, boolean authoritative, SortedMap<String, Integer> copies)
            implements Timed {
        public ReadBack {
            copies = Collections.unmodifiableSortedMap(new TreeMap<>(copies));
        }

        /** Keys found once each. */
        public static ReadBack of(
                long at, String client, String instance, boolean authoritative, Map<String, Integer> copies) {
            return new ReadBack(at, client, instance, authoritative, new TreeMap<>(copies));
        }
    }

    /** Something went wrong that neither proves nor voids anything, such as a log that could not be fetched. */
    record Trouble(long at, String where, String what) implements Timed {}

    /** The run proves nothing from here on; the first of them is the cause. */
    record Voided(long at, String because) implements Timed {}

    /** The whole run's verdict; the last entry of a complete history. */
    record Judged(long at, Verdict verdict, String because) implements Timed {}
}
