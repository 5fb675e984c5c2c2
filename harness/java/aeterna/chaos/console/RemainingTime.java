package aeterna.chaos.console;

import aeterna.chaos.time.DurationText;
import java.time.Duration;

/** Guesses how long a step will still take. */
final class RemainingTime {
    /** Below this part of the work its own pace says less than how long it usually takes. */
    private static final double TELLING = 0.15;

    private RemainingTime() {}

    /** The guess in words, such as {@code about 4 min left}; empty when there is nothing to guess from. */
    static String of(Duration elapsed, Duration expected, long done, long total) {
        double part = total > 0 ? Math.min(1.0, (double) done / total) : 0;
        if (part >= TELLING || (part > 0 && expected.isZero())) {
            double seconds = elapsed.toMillis() / 1000.0 * (1 - part) / part;
            return left(Duration.ofSeconds(Math.round(seconds)));
        }
        if (expected.isZero()) {
            return "";
        }
        Duration left = expected.minus(elapsed);
        return left.isNegative() ? "longer than the usual " + DurationText.roughly(expected) : left(left);
    }

    private static String left(Duration left) {
        String roughly = DurationText.roughly(left);
        return (roughly.startsWith("a") ? "" : "about ") + roughly + " left";
    }
}
