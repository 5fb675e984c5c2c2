package aeterna.chaos.report;

import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * What one promise's times were like over the trials.
 *
 * @param trials how many times there are, at least 2
 * @param median the middle one
 * @param p90 what nine of ten trials did not exceed
 */
record Spread(int trials, Percentile median, Percentile p90) {
    /** Bounds leave the true percentile outside in one of ten cases, whatever the distribution; five trials can say that much of a median. */
    private static final double OUTSIDE = 0.1;

    /**
     * A percentile, with its confidence interval from the order of the trials alone.
     *
     * @param at its most likely value
     * @param low not below this; empty when so few trials cannot tell
     * @param high not above this; empty when so few trials cannot tell
     */
    record Percentile(Duration at, Optional<Duration> low, Optional<Duration> high) {
        /** Such as {@code 3 s (2.9 s to 3.1 s)}. */
        @Override
        public String toString() {
            return Words.of(at) + " (" + low.map(Words::of).orElse("?") + " to "
                    + high.map(Words::of).orElse("?") + ")";
        }
    }

    /** The spread of several times; empty for a single one, which has none. */
    static Optional<Spread> of(List<Duration> times) {
        if (times.size() < 2) {
            return Optional.empty();
        }
        var sorted = times.stream().sorted().toList();
        return Optional.of(new Spread(times.size(), percentile(sorted, 0.5), percentile(sorted, 0.9)));
    }

    private static Percentile percentile(List<Duration> sorted, double part) {
        var n = sorted.size();
        var below = BinomialDistribution.of(n, part);
        // The k-th smallest is below the true percentile unless at least k of the n trials are.
        var low = IntStream.rangeClosed(1, n)
                .filter(k -> below.cumulativeProbability(k - 1) <= OUTSIDE / 2)
                .max();
        var high = IntStream.rangeClosed(1, n)
                .filter(k -> below.cumulativeProbability(k - 1) >= 1 - OUTSIDE / 2)
                .min();
        var rank = Math.max(1, (int) Math.ceil(part * n - 1e-9));
        return new Percentile(
                sorted.get(rank - 1),
                low.isPresent() ? Optional.of(sorted.get(low.getAsInt() - 1)) : Optional.empty(),
                high.isPresent() ? Optional.of(sorted.get(high.getAsInt() - 1)) : Optional.empty());
    }
}
