package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.neverTwoPrimaries;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAgainWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.FreezeNode;
import aeterna.chaos.fault.HeldFault;
import aeterna.chaos.fault.IsolateNode;
import aeterna.chaos.fault.PowerOffNode;
import aeterna.chaos.fault.Targets;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.workload.AckedWrites;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Hypothesis: the primary's node goes, in whichever way, and comes back: served within 30 s, no acknowledged write lost, never two
 * primaries, and the old one follows (HA page, "Failover Behavior", 3.3 and 3.5).
 */
@ChaosScenario(topology = "three-zones")
@FromPage({"3.3", "3.5"})
@Tag("gate")
class PostgresPrimaryNodeLossScenario {
    @Test
    void aStandbyTakesOverWhenTheNodeLosesItsPower(Stack stack, Targets targets, Runner runner) {
        var fault = PowerOffNode.of(targets.nodeOf(stack.postgres().primary()));
        assertHeld(runner.run(aStandbyTakesOver("writes resume while the primary's node is off", stack, fault)));
    }

    @Test
    void aStandbyTakesOverWhenTheNodeFreezes(Stack stack, Targets targets, Runner runner) {
        var fault = FreezeNode.of(targets.nodeOf(stack.postgres().primary()));
        assertHeld(runner.run(aStandbyTakesOver("writes resume while the primary's node is frozen", stack, fault)));
    }

    @Test
    void aStandbyTakesOverWhenTheNodeIsIsolated(Stack stack, Targets targets, Runner runner) {
        var fault = IsolateNode.of(targets.nodeOf(stack.postgres().primary()));
        assertHeld(runner.run(aStandbyTakesOver("writes resume while the primary's node is cut off", stack, fault)));
    }

    private static Experiment aStandbyTakesOver(String hypothesis, Stack stack, HeldFault fault) {
        return Experiment.that(hypothesis)
                .steadyWhen(stack.everythingReady(), stack.postgres().standbysStreaming(2))
                .under(AckedWrites.through(stack.api()), AckedWrites.through(stack.pooler()))
                .inject(fault.untilServed(ofSeconds(45)))
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost(),
                        neverTwoPrimaries());
    }
}
