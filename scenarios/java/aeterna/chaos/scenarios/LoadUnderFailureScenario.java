package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.neverTwoPrimaries;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAgainWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.KillPod;
import aeterna.chaos.fault.Repeatedly;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.workload.AckedWrites;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Hypothesis: ten minutes of load with one loss after another, drawn by chance: each is survived as if it were the only one (HA page,
 * the checklist's load tests, 10.10). The same {@code --seed} draws the same losses.
 */
@ChaosScenario(topology = "three-zones")
@FromPage("10.10")
class LoadUnderFailureScenario {
    @Test
    void tenMinutesOfOneLossAfterAnother(Stack stack, Timekeeper time, Runner runner) {
        var losses = Repeatedly.oneOf(
                List.of(
                        KillPod.of(stack.postgres().primary()).abruptly(),
                        KillPod.of(stack.postgres().anyStandby()).abruptly(),
                        KillPod.of(stack.pooler().anyPod()).gracefully(),
                        KillPod.of(stack.api().anyPod()).abruptly(),
                        KillPod.of(stack.qdrant().leader()).abruptly(),
                        KillPod.of(stack.qdrant().anyFollower()).gracefully(),
                        KillPod.of(stack.opal().anyPod()).abruptly()),
                15,
                ofSeconds(40),
                time);
        assertHeld(runner.run(Experiment.that("every loss of ten minutes full of them is survived")
                .steadyWhen(
                        stack.everythingReady(), stack.postgres().standbysStreaming(2), stack.steady(stack.qdrant()))
                .under(
                        AckedWrites.through(stack.api(), ofMillis(100)),
                        AckedWrites.through(stack.api().memories(), ofMillis(200)),
                        AckedWrites.through(stack.pooler(), ofMillis(100)))
                .inject(losses)
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(4)),
                        noAcknowledgedWriteLost(),
                        neverTwoPrimaries())
                .patience(ofMinutes(20))));
    }
}
