package aeterna.chaos.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CrashTrialTest {
    private static final List<String> FAULTS = List.of("freeze", "power-off", "cut-off");

    @Test
    void everyFaultComesOnceBeforeAnyComesAgain() {
        var plan = CrashTrial.plan(7, FAULTS, CrashBench.everyWay(), 3);
        assertThat(plan).extracting(CrashTrial::number).containsExactly(1, 2, 3, 4, 5, 6, 7);
        assertThat(plan.subList(0, 3)).extracting(CrashTrial::fault).containsExactlyInAnyOrderElementsOf(FAULTS);
        assertThat(plan.subList(3, 6)).extracting(CrashTrial::fault).containsExactlyInAnyOrderElementsOf(FAULTS);
    }

    @Test
    void theSameSeedKillsTheSameWayAndAMeasurementCanBeContinued() {
        var whole = CrashTrial.plan(40, FAULTS, CrashBench.everyWay(), 3);
        assertThat(CrashTrial.plan(40, FAULTS, CrashBench.everyWay(), 3)).isEqualTo(whole);
        assertThat(CrashTrial.plan(12, FAULTS, CrashBench.everyWay(), 3)).isEqualTo(whole.subList(0, 12));
        assertThat(CrashTrial.plan(40, FAULTS, CrashBench.everyWay(), 4)).isNotEqualTo(whole);
    }

    @Test
    void instantsCoverTheActTheHoldAndTheHealing() {
        var delays = CrashTrial.plan(300, FAULTS, CrashBench.everyWay(), 3).stream()
                .collect(Collectors.summarizingLong(trial -> trial.delay().toMillis()));
        assertThat(delays.getMin()).isBetween(0L, 500L);
        assertThat(delays.getMax()).isBetween(CrashTrial.LATEST.toMillis() - 500, CrashTrial.LATEST.toMillis());
    }

    @Test
    void everyWayIsTakenInTurn() {
        assertThat(CrashTrial.plan(6, FAULTS, List.of(CrashWay.JVM, CrashWay.MAVEN), 3))
                .extracting(CrashTrial::way)
                .containsExactly(
                        CrashWay.JVM, CrashWay.MAVEN, CrashWay.JVM, CrashWay.MAVEN, CrashWay.JVM, CrashWay.MAVEN);
    }
}
