package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.neverTwoPrimaries;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
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
 * Hypothesis: the stack loses its PostgreSQL primary for under 30 s, no acknowledged write, and never has two primaries
 * (HA page, "Failover Behavior" and "Simulate Component Failure").
 */
@ChaosScenario(topology = "three-zones")
@FromPage({"9.2", "3.3", "3.4"})
@Tag("smoke")
@Tag("gate")
class PostgresPrimaryLossScenario {
    @Test
    void aStandbyTakesOverFromADyingPrimary(Stack stack, Runner runner) {
        var dying = KillPod.of(stack.postgres().primary()).abruptly();
        assertHeld(runner.run(theStackLosesItsPrimaryBriefly("writes resume after the primary dies", stack, dying)));
    }

    @Test
    void aStandbyTakesOverFromADeletedPrimary(Stack stack, Runner runner) {
        var deleted = KillPod.of(stack.postgres().primary()).gracefully();
        assertHeld(runner.run(
                theStackLosesItsPrimaryBriefly("writes resume after the primary's pod is deleted", stack, deleted)));
    }

    private static Experiment theStackLosesItsPrimaryBriefly(String hypothesis, Stack stack, OneShotFault fault) {
        return Experiment.that(hypothesis)
                .steadyWhen(stack.everythingReady(), stack.postgres().standbysStreaming(2))
                .under(AckedWrites.through(stack.api()), AckedWrites.through(stack.pooler()))
                .inject(fault)
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost(),
                        neverTwoPrimaries())
                .patience(ofMinutes(5));
    }
}
