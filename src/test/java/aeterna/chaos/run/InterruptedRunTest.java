package aeterna.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.Rig;
import aeterna.chaos.model.Machine;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever ends a run early, nothing stays broken. */
class InterruptedRunTest {
    @TempDir
    Path folder;

    private Rig rig;

    @BeforeEach
    void assemble() {
        rig = new Rig(folder);
    }

    @Test
    void anInterruptHealsAndIsPassedOn() {
        rig.fault
                .freezing(rig.machines, "node-1")
                .doing(() -> Thread.currentThread().interrupt());
        var result = rig.runner().run(rig.experiment().inject(rig.fault.untilServed()));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.because()).startsWith("interrupted ");
        assertThat(rig.machines.all()).allMatch(Machine::whole);
    }

    @Test
    void anInterruptInTheMiddleOfHealingDoesNotLeaveTheFaultInPlace() {
        rig.fault.freezing(rig.machines, "node-1");
        rig.onStep = step -> {
            if (step.startsWith("8 ")) {
                Thread.currentThread().interrupt();
            }
        };
        var result = rig.runner().run(rig.experiment().inject(rig.fault.untilServed()));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.because()).isEqualTo("interrupted while it was to heal");
        assertThat(rig.machines.all()).allMatch(Machine::whole);
        assertThat(rig.journal.open("fake")).isEmpty();
    }

    @Test
    void endingARunHealsItAndLetsNoOtherBegin() throws Exception {
        var runner = rig.runner();
        rig.fault.freezing(rig.machines, "node-1").doing(() -> {
            var ending = new Thread(() -> {
                try {
                    runner.end(Duration.ofMillis(1));
                } catch (InterruptedException never) {
                    throw new IllegalStateException(never);
                }
            });
            ending.start();
            try {
                ending.join();
            } catch (InterruptedException asked) {
                // It must have given up before the run is over, or it is the one to whom the turn goes.
                ending.join();
                throw asked;
            }
        });
        var result = runner.run(rig.experiment().inject(rig.fault.untilServed()));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.because()).startsWith("interrupted ");
        assertThat(rig.machines.all()).allMatch(Machine::whole);
        assertThat(runner.end(Duration.ofMillis(1))).isTrue();
        assertThat(runner.end(Duration.ofMillis(1)))
                .as("a turn that was taken is not given again")
                .isFalse();
    }
}
