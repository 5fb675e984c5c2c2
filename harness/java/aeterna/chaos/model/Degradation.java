package aeterna.chaos.model;

import java.time.Duration;
import java.util.ArrayList;

/**
 * What is wrong with a network that still works.
 *
 * @param latency added in each direction, zero to ten seconds
 * @param jitter how much more or less than that, zero to {@code latency}
 * @param lossPercent how many of a hundred packets get lost, 0 to 100
 * @param kilobitsPerSecond how much gets through from each node, at least 8; zero for no limit
 */
public record Degradation(Duration latency, Duration jitter, double lossPercent, int kilobitsPerSecond) {
    private static final Duration LONGEST = Duration.ofSeconds(10);

    /**
     * @throws IllegalArgumentException when a number is out of its range, or nothing is wrong at all
     */
    public Degradation {
        demand(!latency.isNegative() && latency.compareTo(LONGEST) <= 0, "a latency of 0 to 10 s");
        demand(!jitter.isNegative() && jitter.compareTo(latency) <= 0, "a jitter no greater than the latency");
        demand(lossPercent >= 0 && lossPercent <= 100, "a loss of 0 to 100 %");
        demand(kilobitsPerSecond == 0 || kilobitsPerSecond >= 8, "a bandwidth of at least 8 kbit/s");
        demand(!latency.isZero() || lossPercent > 0 || kilobitsPerSecond > 0, "something that is wrong with it");
    }

    private static void demand(boolean condition, String what) {
        if (!condition) {
            throw new IllegalArgumentException("a degraded network has " + what);
        }
    }

    /** Slow: that much later in each direction, give or take a tenth. */
    public static Degradation latency(Duration latency) {
        return new Degradation(latency, latency.dividedBy(10), 0, 0);
    }

    /** Lossy. */
    public static Degradation loss(double percent) {
        return new Degradation(Duration.ZERO, Duration.ZERO, percent, 0);
    }

    /** Narrow. */
    public static Degradation bandwidth(int kilobitsPerSecond) {
        return new Degradation(Duration.ZERO, Duration.ZERO, 0, kilobitsPerSecond);
    }

    @Override
    public String toString() {
        var parts = new ArrayList<String>();
        if (!latency.isZero()) {
            parts.add(latency.toMillis() + " ms latency" + (jitter.isZero() ? "" : " ±" + jitter.toMillis() + " ms"));
        }
        if (lossPercent > 0) {
            parts.add((lossPercent == Math.rint(lossPercent)
                            ? Long.toString(Math.round(lossPercent))
                            : Double.toString(lossPercent))
                    + " % loss");
        }
        if (kilobitsPerSecond > 0) {
            parts.add(kilobitsPerSecond + " kbit/s");
        }
        return String.join(", ", parts);
    }
}
