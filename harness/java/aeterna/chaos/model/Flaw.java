package aeterna.chaos.model;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Something about a deployed stack that cannot be as it should.
 *
 * @param kind what sort of thing
 * @param object of whom, such as a workload's, a budget's or an alert's name
 * @param what what was found, in one line
 */
public record Flaw(Kind kind, String object, String what) implements Comparable<Flaw> {
    /** The sorts of flaws, by what they do to whom; files name them in lower case with dashes. */
    public enum Kind {
        /** A pod for which there is no node. */
        PENDING("stays Pending"),
        /** A budget that allows no eviction although all pods that can be there are. */
        BUDGET_BLOCKS("blocks every eviction"),
        /** Pods under two budgets: the API server refuses to evict them, whatever the two allow. */
        BUDGETS_OVERLAP("can never be evicted"),
        /** Several pods and no budget. */
        NO_BUDGET("has no budget"),
        /** A selector that matches no pod of the stack. */
        SELECTS_NOTHING("selects nothing"),
        /** A field that Kubernetes does not have: Helm and kubectl without validation drop it. */
        DROPPED("is dropped"),
        /** A policy lets somebody in to a port on which nobody listens. */
        CLOSED_PORT("opens a port that nobody listens on"),
        /** An update of a Deployment needs room for one more pod, and there is none. */
        NO_ROOM("cannot be updated"),
        /** An autoscaler may want more pods than there are places. */
        CANNOT_SCALE("cannot scale as far as it may"),
        /** The loss of one zone takes the majority of those who must agree. */
        ZONE_LOSS("does not survive the loss of a zone"),
        /** Commits wait for every standby there is. */
        WRITES_STOP("stops writing"),
        /** What is lost with one pod. */
        ONE_COPY("keeps one copy"),
        /** An alert over metrics that nobody exports. */
        ALERT_NEVER_FIRES("can never fire"),
        /** An alert that fires although nothing is broken. */
        ALERT_FIRES("fires although nothing is broken"),
        /** Nobody gets its metrics. */
        NOT_WATCHED("is not watched"),
        /** A steady check that does not hold. */
        UNSTEADY("does not hold");

        private final String verb;

        Kind(String verb) {
            this.verb = verb;
        }

        /** The kind of that name in a file. */
        public static Kind of(String name) {
            return Arrays.stream(values())
                    .filter(kind -> kind.toString().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new Problem(
                            "there is no kind of flaw '" + name + "'",
                            Nearest.remedy(
                                    name,
                                    List.of(values()).stream()
                                            .map(Kind::toString)
                                            .toList())));
        }

        /** Its name in files, such as {@code budget-blocks}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** True for the same thing, whatever was found of it. */
    public boolean sameAs(Kind otherKind, String otherObject) {
        return kind == otherKind && object.equals(otherObject);
    }

    @Override
    public int compareTo(Flaw other) {
        return Comparator.comparing(Flaw::kind).thenComparing(Flaw::object).compare(this, other);
    }

    @Override
    public String toString() {
        return object + " " + kind.verb + ": " + what;
    }
}
