package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.newPodReadyWithin;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.servedAgainWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.KillPod;
import aeterna.chaos.fault.OneShotFault;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.workload.AckedWrites;
import aeterna.chaos.workload.Reads;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Hypothesis: when an API pod goes, traffic routes again and a new pod is Ready, both within 30 s (HA page, "Simulate
 * Component Failure").
 */
@ChaosScenario(topology = "three-zones")
@FromPage({"9.1", "2.1"})
@Tag("smoke")
@Tag("gate")
class AeternaPodLossScenario {
    @Test
    void theOthersServeOnWhenAPodDies(Stack stack, Runner runner) {
        var dying = KillPod.of(stack.api().anyPod()).abruptly();
        assertHeld(runner.run(theOthersServeOn("traffic routes again after an API pod dies", stack, dying)));
    }

    @Test
    void theOthersServeOnWhenAPodIsDeleted(Stack stack, Runner runner) {
        var deleted = KillPod.of(stack.api().anyPod()).gracefully();
        assertHeld(runner.run(theOthersServeOn("traffic routes again after an API pod is deleted", stack, deleted)));
    }

    private static Experiment theOthersServeOn(String hypothesis, Stack stack, OneShotFault fault) {
        return Experiment.that(hypothesis)
                .steadyWhen(stack.everythingReady())
                .under(AckedWrites.through(stack.api()), Reads.through(stack.api()))
                .inject(fault)
                .promise(servedAgainWithin(ofSeconds(30)), newPodReadyWithin(ofSeconds(30)), noAcknowledgedWriteLost())
                .patience(ofMinutes(3));
    }
}
