package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.newPodReadyWithin;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.promotionsAtMost;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Hypothesis: when a pooler goes, the other one takes its clients within 30 s and nothing is lost (HA page, "Failover Behavior",
 * 3.4).
 */
@ChaosScenario(topology = "three-zones")
@FromPage("3.4")
@Tag("gate")
class PoolerLossScenario {
    @Test
    @Tag("smoke")
    void theOtherPoolerServesWhenOneDies(Stack stack, Runner runner) {
        var dying = KillPod.of(stack.pooler().anyPod()).abruptly();
        assertHeld(runner.run(theOtherPoolerServes("the database is reached when a pooler dies", stack, dying)));
    }

    @Test
    void theOtherPoolerServesWhenOneIsDeleted(Stack stack, Runner runner) {
        var deleted = KillPod.of(stack.pooler().anyPod()).gracefully();
        assertHeld(
                runner.run(theOtherPoolerServes("the database is reached when a pooler is deleted", stack, deleted)));
    }

    private static Experiment theOtherPoolerServes(String hypothesis, Stack stack, OneShotFault fault) {
        return Experiment.that(hypothesis)
                .steadyWhen(stack.everythingReady())
                .under(AckedWrites.through(stack.pooler()), AckedWrites.through(stack.api()))
                .inject(fault)
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        newPodReadyWithin(ofSeconds(30)),
                        noAcknowledgedWriteLost(),
                        promotionsAtMost(0))
                .patience(ofMinutes(3));
    }
}
