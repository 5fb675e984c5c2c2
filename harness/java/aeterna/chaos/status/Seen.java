package aeterna.chaos.status;

import java.util.Optional;

/**
 * What was last seen of something.
 *
 * @param value the last answer; empty when there never was one
 * @param trouble why there is no newer answer; empty while answers come
 */
public record Seen<T>(Optional<T> value, String trouble) {
    /** Seen just now. */
    public static <T> Seen<T> now(T value) {
        return new Seen<>(Optional.of(value), "");
    }
}
