package aeterna.chaos.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How often it is wrong, by simulation of whole gates with fixed seeds. */
class SlowdownTest {
    /** As many as ten scenarios with two times each have. */
    private static final int COMPARISONS = 20;

    private static final int GATES = 1_000;

    /** Recovery times in milliseconds, as timers and noise make them. */
    private enum Shape {
        LOG_NORMAL,
        ANYWHERE_WITHIN_A_TIMER,
        WITH_A_LONG_TAIL,
        SLOW_NOW_AND_THEN,
        MOSTLY_UNNOTICED;

        double draw(Random random) {
            return switch (this) {
                case LOG_NORMAL -> 3_000 * Math.exp(0.1 * random.nextGaussian());
                case ANYWHERE_WITHIN_A_TIMER -> 2_000 + 13_000 * random.nextDouble();
                case WITH_A_LONG_TAIL -> 2_000 - 1_500 * Math.log(1 - random.nextDouble());
                case SLOW_NOW_AND_THEN ->
                    (random.nextInt(10) == 0 ? 11_000 : 2_000) * (1 + 0.03 * random.nextGaussian());
                case MOSTLY_UNNOTICED -> random.nextInt(10) < 7 ? 0 : 50 + 350 * random.nextDouble();
            };
        }
    }

    private static List<Duration> times(int trials, DoubleSupplier draw) {
        return Stream.generate(() -> Duration.ofNanos(Math.round(draw.getAsDouble() * 1e6)))
                .limit(trials)
                .toList();
    }

    private static int falseAlarms(Shape shape, int before, int now) {
        var random = new Random(8);
        var slowdown = new Slowdown(COMPARISONS);
        DoubleSupplier draw = () -> shape.draw(random);
        var alarms = 0;
        for (var gate = 0; gate < GATES; gate++) {
            var alarm = false;
            for (var i = 0; i < COMPARISONS; i++) {
                alarm |= slowdown.beyondNoise(times(before, draw), times(now, draw));
            }
            alarms += alarm ? 1 : 0;
        }
        return alarms;
    }

    @ParameterizedTest
    @EnumSource
    void aWholeGateRaisesAFalseAlarmInLessThanOneOfAHundredRuns(Shape shape) {
        assertThat(falseAlarms(shape, 5, 5)).as("5 trials against 5").isLessThan(GATES / 100);
        assertThat(falseAlarms(shape, 12, 5)).as("5 trials against 12").isLessThan(GATES / 100);
        assertThat(falseAlarms(shape, 12, 4)).as("too few trials").isZero();
    }

    @ParameterizedTest
    @CsvSource({"5, 5, 0.03, 0.99", "5, 5, 0.05, 0.8", "10, 5, 0.05, 0.99", "20, 5, 0.08, 0.9", "7, 7, 0.05, 0.99"})
    void aThirtyPercentSlowerMedianIsFound(int before, int now, double noise, double power) {
        var random = new Random(9);
        var slowdown = new Slowdown(COMPARISONS);
        var found = 0;
        for (var gate = 0; gate < GATES; gate++) {
            found += slowdown.beyondNoise(
                            times(before, () -> 3_000 * Math.exp(noise * random.nextGaussian())),
                            times(now, () -> 3_900 * Math.exp(noise * random.nextGaussian())))
                    ? 1
                    : 0;
        }
        assertThat((double) found / GATES).isGreaterThan(power);
    }

    @Test
    void whatIsFasterOrTooLittleSlowerIsNoSlowdown() {
        var random = new Random(10);
        var before = times(20, () -> 3_000 + random.nextDouble());
        assertThat(new Slowdown(1).beyondNoise(before, times(20, () -> 2_000 + random.nextDouble())))
                .isFalse();
        assertThat(new Slowdown(1).beyondNoise(before, times(20, () -> 3_200 + random.nextDouble())))
                .isFalse();
        assertThat(new Slowdown(1).beyondNoise(before, times(20, () -> 3_500 + random.nextDouble())))
                .isTrue();
    }

    @Test
    void theRankTestIsExact() {
        var low = new double[] {1, 2, 3, 4, 5};
        var high = new double[] {6, 7, 8, 9, 10};
        // 252 orders of five and five; of the 70 of four and four, four have two pairs or fewer the wrong way round.
        assertThat(Slowdown.rankTest(low, high)).isEqualTo(1 / 252.0, Offset.offset(1e-12));
        assertThat(Slowdown.rankTest(high, low)).isEqualTo(1.0, Offset.offset(1e-12));
        assertThat(Slowdown.rankTest(new double[] {1, 2, 3, 6}, new double[] {4, 5, 7, 8}))
                .isEqualTo(4 / 70.0, Offset.offset(1e-12));
        assertThat(Slowdown.rankTest(new double[] {1, 1}, new double[] {1, 1})).isEqualTo(1.0, Offset.offset(1e-12));
    }
}
