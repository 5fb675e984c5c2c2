package aeterna.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.fakes.Rig;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a run is at when an abort condition fails, it ends and heals at once. */
class AbortTest {
    @TempDir
    private Path folder;

    private Rig rig;

    @BeforeEach
    void assemble() {
        rig = new Rig(folder);
    }

    @Test
    void aHoldIsAbortedAndHealedAtOnce() {
        rig.fault.freezing(rig.machines, "node-1");
        var start = new long[1];
        rig.fault.doing(() -> start[0] = rig.time.nanos());
        var pulse = new SteadyCheck() {
            @Override
            public Look look() {
                var late = start[0] > 0
                        && rig.time.nanos() > start[0] + Duration.ofSeconds(3).toNanos();
                return new Look(!late, late ? "the neighbour is down" : "");
            }

            @Override
            public String toString() {
                return "neighbour";
            }
        };
        var result =
                rig.runner().run(rig.experiment().abortUnless(pulse).inject(rig.fault.holdFor(Duration.ofMinutes(1))));
        assertThat(result.verdict()).isEqualTo(Verdict.VOID);
        assertThat(result.because()).isEqualTo("aborted: neighbour: the neighbour is down");
        assertThat(Duration.ofNanos(result.history().healedAt().orElseThrow() - start[0]))
                .isLessThan(Duration.ofMillis(3_500));
        assertThat(rig.machines.all()).allMatch(Machine::whole);
    }

    /** Holds until that moment of the fake's time. */
    private SteadyCheck downFrom(long nanos) {
        return new SteadyCheck() {
            @Override
            public Look look() {
                return new Look(rig.time.nanos() < nanos, "the neighbour is down");
            }

            @Override
            public String toString() {
                return "neighbour";
            }
        };
    }

    @Test
    void anActThatHangsIsAbortedAndHealedAtOnce() {
        var injecting = new long[1];
        var down = new SteadyCheck[1];
        rig.fault.freezing(rig.machines, "node-1").doing(() -> {
            injecting[0] = rig.time.nanos();
            down[0] = downFrom(rig.time.nanos() + Duration.ofSeconds(3).toNanos());
            for (var i = 0; i < 600; i++) {
                rig.time.pause(Duration.ofMillis(100));
            }
        });
        var pulse = new SteadyCheck() {
            @Override
            public Look look() {
                return down[0] == null ? new Look(true, "") : down[0].look();
            }

            @Override
            public String toString() {
                return "neighbour";
            }
        };
        var result = rig.runner().run(rig.experiment().abortUnless(pulse).inject(rig.fault.untilServed()));
        assertThat(Thread.interrupted())
                .as("an abort is nobody else's interrupt")
                .isFalse();
        assertThat(result.verdict()).isEqualTo(Verdict.VOID);
        assertThat(result.because()).isEqualTo("aborted: neighbour: the neighbour is down");
        assertThat(Duration.ofNanos(result.history().healedAt().orElseThrow() - injecting[0]))
                .isLessThan(Duration.ofMillis(3_600));
        assertThat(rig.machines.all()).allMatch(Machine::whole);
        // What was left behind half done may still come: whoever comes next undoes it once more.
        assertThat(rig.journal.open("fake")).hasSize(1);
    }

    @Test
    void anAimThatHangsIsAbortedAndNothingIsTouched() {
        rig.fault.freezing(rig.machines, "node-1").aiming(() -> {
            try {
                for (var i = 0; i < 600; i++) {
                    rig.time.pause(Duration.ofMillis(100));
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("stopped aiming", stopped);
            }
        });
        var result = rig.runner()
                .run(rig.experiment()
                        .abortUnless(downFrom(Duration.ofSeconds(30).toNanos()))
                        .inject(rig.fault.untilServed()));
        assertThat(Thread.interrupted()).isFalse();
        assertThat(result.history().all(Entry.Voided.class).map(Entry.Voided::because))
                .contains("aborted: neighbour: the neighbour is down");
        assertThat(rig.machines.acts()).isEmpty();
        assertThat(rig.journal.open("fake")).isEmpty();
    }

    @Test
    void aWitnessThatHangsIsAbortedToo() {
        rig.fault.freezing(rig.machines, "node-1");
        var start = new long[1];
        rig.fault.doing(() -> start[0] = rig.time.nanos());
        rig.fault.seenBy(() -> {
            if (rig.fault.injected()) {
                throw FakeTime.hanging();
            }
            return new Sighting(Sighting.Seen.NOTHING, "");
        });
        var result = rig.runner()
                .run(rig.experiment()
                        .abortUnless(downFrom(Duration.ofSeconds(60).toNanos()))
                        .inject(rig.fault.untilServed()));
        assertThat(result.because()).isEqualTo("aborted: neighbour: the neighbour is down");
        assertThat(rig.machines.all()).allMatch(Machine::whole);
    }

    @Test
    void aTestbedThatIsLostIsNoPromiseBroken() {
        rig.fault.doing(() -> {
            rig.service.fail(Duration.ofHours(1));
            rig.strange = "the container of node-2 is gone from testbed fake";
        });
        var result = rig.runner().run(rig.experiment().inject(rig.fault));
        assertThat(result.verdict()).isEqualTo(Verdict.VOID);
        assertThat(result.because())
                .startsWith("the testbed was lost: the container of node-2 is gone from testbed fake");
        assertThat(Duration.ofNanos(rig.time.nanos())).isLessThan(Duration.ofMinutes(2));
    }

    @Test
    void anEngineThatDoesNotAnswerOnceIsNotLost() {
        rig.fault.doing(() -> {
            rig.service.fail(Duration.ofSeconds(12));
            rig.strange = "the engine does not answer";
            rig.time.at(rig.time.nanos() + Duration.ofSeconds(8).toNanos(), () -> rig.strange = "");
        });
        assertThat(rig.runner().run(rig.experiment().inject(rig.fault)).verdict())
                .isEqualTo(Verdict.HELD);
    }

    @Test
    void whatIsOverItsBudgetIsHealedAndVoid() {
        rig.fault.freezing(rig.machines, "node-1").doing(() -> rig.service.fail(Duration.ofHours(1)));
        var result =
                rig.runner().run(rig.experiment().budget(Duration.ofSeconds(50)).inject(rig.fault.untilServed()));
        assertThat(result.verdict()).isEqualTo(Verdict.VOID);
        assertThat(result.because()).isEqualTo("it hangs: not over within its budget of 50 s");
        assertThat(rig.machines.all()).allMatch(Machine::whole);
        assertThat(result.history().all(Entry.PhaseBegan.class).map(Entry.PhaseBegan::phase))
                .contains(Phase.HEAL, Phase.READ_BACK, Phase.EVIDENCE);
    }
}
