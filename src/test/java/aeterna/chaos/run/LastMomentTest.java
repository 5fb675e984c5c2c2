package aeterna.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.Rig;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.SteadyCheck.Look;
import aeterna.chaos.model.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What begins when the run is about to end is seen to its end, and does not leave a run that nobody can judge. */
class LastMomentTest {
    /** Served again 3 s after the act and settled 2 s later, the run lingers until 10 s after it. */
    private static final Duration LAST = Duration.ofMillis(9_900);

    @TempDir
    Path folder;

    private Rig rig;

    @BeforeEach
    void assemble() {
        rig = new Rig(folder);
    }

    private void atLast(Runnable what) {
        rig.fault.doing(() -> {
            rig.service.fail(Duration.ofSeconds(3));
            rig.time.at(rig.time.nanos() + LAST.toNanos(), what);
        });
    }

    @Test
    void anOutage() {
        atLast(() -> rig.service.fail(Duration.ofMillis(600)));
        var result = rig.runner().run(rig.experiment().inject(rig.fault));
        var readBack = result.history().began(Phase.READ_BACK).orElseThrow();
        assertThat(result.history().all(Op.class).filter(op -> !op.ok() && op.scheduled() > readBack))
                .isNotEmpty();
        assertThat(result.verdict()).as(result.because()).isEqualTo(Verdict.HELD);
        assertThat(result.findings().get(0).because()).contains("served again after 2.95 s");
    }

    @Test
    void aRelapse() {
        atLast(() -> {
            rig.steady = new Look(false, "2 of 3");
            rig.time.at(
                    rig.time.nanos() + Duration.ofSeconds(20).toNanos(), () -> rig.steady = new Look(true, "3 of 3"));
        });
        var result = rig.runner().run(rig.experiment().inject(rig.fault));
        assertThat(result.verdict()).as(result.because()).isEqualTo(Verdict.HELD);
        assertThat(result.findings().get(1).because())
                .contains("whole again after 29.9 s")
                .contains("promised 60 s");
    }

    @Test
    void aRelapseForLongerThanWasPromised() {
        atLast(() -> {
            rig.steady = new Look(false, "2 of 3");
            rig.time.at(
                    rig.time.nanos() + Duration.ofSeconds(80).toNanos(), () -> rig.steady = new Look(true, "3 of 3"));
        });
        var result = rig.runner().run(rig.experiment().inject(rig.fault));
        assertThat(result.verdict()).as(result.because()).isEqualTo(Verdict.BROKEN);
    }
}
