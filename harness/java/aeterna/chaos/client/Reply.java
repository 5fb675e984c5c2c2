package aeterna.chaos.client;

import aeterna.chaos.model.Op.Outcome;

/**
 * How a request ended.
 *
 * @param outcome OK, FAIL when it certainly had no effect, UNKNOWN otherwise
 * @param error what went wrong, in one line; empty when OK
 * @param instance which database instance did it; empty when the answer does not say
 * @param timeline on which timeline; 0 when the answer does not say
 */
public record Reply(Outcome outcome, String error, String instance, int timeline) {
    /** Done by an instance on its timeline. */
    public static Reply ok(String instance, int timeline) {
        return new Reply(Outcome.OK, "", instance, timeline);
    }

    /** Certainly without effect. */
    public static Reply fail(String error) {
        return new Reply(Outcome.FAIL, oneLine(error), "", 0);
    }

    /** Nobody knows. */
    public static Reply unknown(String error) {
        return new Reply(Outcome.UNKNOWN, oneLine(error), "", 0);
    }

    /** The same for a request that changes nothing: what is not OK had no effect. */
    public Reply ofRead() {
        return outcome == Outcome.UNKNOWN ? fail(error) : this;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
