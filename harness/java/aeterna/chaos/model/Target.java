package aeterna.chaos.model;

import java.util.Optional;
import java.util.random.RandomGenerator;

/** Whom to hit, by role, zone or ordinal and never by a random pod name. Its {@code toString} is what the report says. */
public interface Target {
    /**
     * Resolves the role to names, at the last moment.
     *
     * @param chance where any choice comes from: the same seed on the same testbed picks the same ones
     * @throws Problem when nobody, or nobody in particular, plays that role now
     */
    Hit resolve(RandomGenerator chance);

    /** The fastest recovery from losing the target that the live timers allow; empty when nobody knows. */
    default Optional<Floor> floor(Loss loss) {
        return Optional.empty();
    }
}
