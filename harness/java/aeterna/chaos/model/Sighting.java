package aeterna.chaos.model;

/**
 * What a witness saw.
 *
 * @param seen how much of the damage
 * @param what the evidence, such as {@code uid of aeterna/aeterna-postgres-1 changed from 1f… to 8a…}
 */
public record Sighting(Seen seen, String what) {
    /** How much of the damage is there to see. */
    public enum Seen {
        /** No trace of it. */
        NOTHING,
        /** On some of those aimed at, not on all. */
        PARTLY,
        /** On all of those aimed at, and nowhere else. */
        LANDED,
        /** On somebody who was not aimed at. */
        ELSEWHERE
    }

    @Override
    public String toString() {
        return seen + ": " + what;
    }
}
