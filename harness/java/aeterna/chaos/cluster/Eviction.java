package aeterna.chaos.cluster;

/**
 * What the API server said to an eviction.
 *
 * @param answer in one word
 * @param why in its own words, with the budget that has a say; empty when it agreed
 */
public record Eviction(Answer answer, String why) {
    /** In one word. */
    public enum Answer {
        /** The pod is on its way out. */
        ACCEPTED,
        /** It is gone already, or another one has its name. */
        GONE,
        /** A disruption budget does not allow it at this moment. */
        NOT_NOW,
        /** Asking again will not help, such as when two budgets cover the pod. */
        NEVER
    }
}
