package aeterna.chaos.bench;

import java.util.Arrays;
import java.util.List;

/** How far measurements were off, in milliseconds: their absolute errors in ascending order. */
final class Errors {
    private final double[] sorted;

    private Errors(double[] sorted) {
        this.sorted = sorted;
    }

    /**
     * @param errors signed; at least one
     */
    static Errors of(List<Double> errors) {
        if (errors.isEmpty()) {
            throw new IllegalArgumentException("no errors, no percentiles");
        }
        double[] sorted = errors.stream().mapToDouble(Math::abs).toArray();
        Arrays.sort(sorted);
        return new Errors(sorted);
    }

    /**
     * The smallest error that so many percent of all errors do not exceed (nearest rank: always one that occurred).
     *
     * @param percent more than 0, at most 100
     */
    double percentile(int percent) {
        return sorted[(sorted.length * percent + 99) / 100 - 1];
    }

    double max() {
        return sorted[sorted.length - 1];
    }
}
