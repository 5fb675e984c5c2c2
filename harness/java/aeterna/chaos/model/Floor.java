package aeterna.chaos.model;

import java.time.Duration;
import java.util.List;

/**
 * The fastest recovery that the live timers allow, computed before the run.
 *
 * @param parts what it is the sum of, in the order in which they pass
 */
public record Floor(List<Part> parts) {
    public Floor {
        parts = List.copyOf(parts);
    }

    /**
     * One timer that recovery waits for.
     *
     * @param name the timer's own name, such as {@code patroni ttl}
     * @param duration how long at least
     * @param stage which stage of the recovery it is a part of
     */
    public record Part(String name, Duration duration, Stage stage) {
        public Part {
            stage = stage == null ? Stage.DETECT : stage;
        }

        /** A timer by which damage is noticed, as most of them are. */
        public Part(String name, Duration duration) {
            this(name, duration, Stage.DETECT);
        }
    }

    /** All parts together. */
    public Duration total() {
        return parts.stream().map(Part::duration).reduce(Duration.ZERO, Duration::plus);
    }
}
