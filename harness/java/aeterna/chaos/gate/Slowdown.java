package aeterna.chaos.gate;

import java.time.Duration;
import java.util.List;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Whether recoveries became slower beyond their own noise. Three things must be so: the median is a tenth and a
 * quarter of a second slower; a Student's t-test on
 * the logarithms says so; and so does Mann-Whitney's rank test, which relies on no shape of the distribution, as far as that
 * many trials let it. Both are corrected for the number of comparisons (Bonferroni), so that a whole gate, and not each of its
 * comparisons, raises a false alarm in less than one of a hundred runs.
 *
 * @param comparisons how many of them a gate makes, at least 1
 */
record Slowdown(int comparisons) {
    /** With fewer, one that is slow now and then looks like one that became slow. */
    static final int TRIALS = 5;

    /** Of a whole gate. The t-test takes less than its share: recoveries are not quite log-normal. */
    private static final double RANK_LEVEL = 0.01;

    private static final double T_LEVEL = 0.003;

    /** Less than that is of no importance to anybody. */
    private static final double LEAST_RATIO = 1.1;

    private static final double LEAST_MILLIS = 250;

    /** Added to every time: a tenth of a second more or less is the probes' own spacing. */
    private static final double GRAIN_MILLIS = 100;

    /** No recovery is known more precisely than that, relative to itself; a few equal times by chance prove nothing. */
    private static final double LEAST_DEVIATION = 0.05;

    /** True when there are enough trials of both to tell noise from anything. */
    static boolean telling(List<Duration> before, List<Duration> now) {
        return Math.min(before.size(), now.size()) >= TRIALS;
    }

    /** True when {@code now} is slower; false also when there are too few trials to tell. */
    boolean beyondNoise(List<Duration> before, List<Duration> now) {
        if (!telling(before, now)) {
            return false;
        }
        var logBefore = logarithms(before);
        var logNow = logarithms(now);
        return median(logNow) - median(logBefore) >= Math.log(LEAST_RATIO)
                && Math.exp(median(logNow)) - Math.exp(median(logBefore)) >= LEAST_MILLIS
                && tTest(logBefore, logNow) <= T_LEVEL / comparisons
                && rankTest(logBefore, logNow)
                        <= Math.max(RANK_LEVEL / comparisons, smallestRankTest(before.size(), now.size()));
    }

    private static double[] logarithms(List<Duration> times) {
        return times.stream()
                .mapToDouble(time -> Math.log(time.toNanos() / 1e6 + GRAIN_MILLIS))
                .sorted()
                .toArray();
    }

    static double median(double[] sorted) {
        var middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** How probable a difference of means as large as this one is by chance, both having one and the same deviation. */
    private static double tTest(double[] before, double[] now) {
        var freedom = before.length + now.length - 2;
        var deviation = Math.max(LEAST_DEVIATION, Math.sqrt((squares(before) + squares(now)) / freedom));
        var t = (mean(now) - mean(before)) / (deviation * Math.sqrt(1.0 / before.length + 1.0 / now.length));
        return TDistribution.of(freedom).survivalProbability(t);
    }

    private static double mean(double[] values) {
        var sum = 0.0;
        for (var value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double squares(double[] values) {
        var mean = mean(values);
        var sum = 0.0;
        for (var value : values) {
            sum += (value - mean) * (value - mean);
        }
        return sum;
    }

    /** The exact one-sided probability; of two equal times the later one counts as not slower. */
    static double rankTest(double[] before, double[] now) {
        var notSlower = 0;
        for (var one : before) {
            for (var other : now) {
                notSlower += other <= one ? 1 : 0;
            }
        }
        return atMost(notSlower, before.length, now.length);
    }

    private static double smallestRankTest(int before, int now) {
        return atMost(0, before, now);
    }

    /** The share of all orders of the two samples in which no more than that many pairs are the wrong way round. */
    private static double atMost(int pairs, int before, int now) {
        // ways[j][u]: orders of the samples so far and j of the other with u pairs the wrong way round.
        var ways = new double[now + 1][before * now + 1];
        for (var j = 0; j <= now; j++) {
            ways[j][0] = 1;
        }
        for (var i = 1; i <= before; i++) {
            var next = new double[now + 1][before * now + 1];
            next[0][0] = 1;
            for (var j = 1; j <= now; j++) {
                for (var u = 0; u <= i * j; u++) {
                    next[j][u] = next[j - 1][u] + (u >= j ? ways[j][u - j] : 0);
                }
            }
            ways = next;
        }
        var all = 0.0;
        var few = 0.0;
        for (var u = 0; u <= before * now; u++) {
            all += ways[now][u];
            few += u <= pairs ? ways[now][u] : 0;
        }
        return few / all;
    }
}
