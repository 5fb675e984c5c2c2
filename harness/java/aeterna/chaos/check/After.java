package aeterna.chaos.check;

import aeterna.chaos.model.History;
import aeterna.chaos.model.Words;
import java.time.Duration;

/** How moments are told in findings. */
final class After {
    private After() {}

    /** Such as {@code 4.2 s after the act}. */
    static String act(History history, long moment) {
        return Words.of(Duration.ofNanos(moment - history.injectedAt().orElse(moment))) + " after the act";
    }
}
