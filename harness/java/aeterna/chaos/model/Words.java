package aeterna.chaos.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/** How durations are written for people, everywhere the same. */
public final class Words {
    private Words() {}

    /** Such as {@code 47.3 s}, {@code 0.02 s}, {@code 30 s} or {@code 5 min}: three significant digits, no trailing zeros. */
    public static String of(Duration duration) {
        var seconds = BigDecimal.valueOf(duration.toNanos(), 9);
        if (seconds.signum() == 0) {
            return "0 s";
        }
        if (duration.compareTo(Duration.ofMinutes(2)) >= 0 && duration.toMillis() % 60_000 == 0) {
            return duration.toMinutes() + " min";
        }
        var digits = Math.max(0, Math.min(3, 3 - (seconds.precision() - seconds.scale())));
        var rounded = seconds.setScale(digits, RoundingMode.HALF_UP).stripTrailingZeros();
        return (rounded.scale() < 0 ? rounded.setScale(0, RoundingMode.UNNECESSARY) : rounded).toPlainString() + " s";
    }
}
