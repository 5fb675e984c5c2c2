package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.promotionsAtMost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAgainWithin;
import static aeterna.chaos.check.Promises.writesServedAgainWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.FreezeNode;
import aeterna.chaos.fault.KillPod;
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
 * Hypothesis: commits wait for one of two standbys, so the loss of either stops writes for 5 s at most, promotes nobody and loses
 * nothing (HA page, "PostgreSQL High Availability", 3.1 and 3.2).
 */
@ChaosScenario(topology = "three-zones")
@FromPage({"3.2", "3.1"})
@Tag("gate")
class PostgresStandbyLossScenario {
    @Test
    @Tag("smoke")
    void theOtherStandbyConfirmsWhenOneDies(Stack stack, Runner runner) {
        assertHeld(runner.run(theOtherStandbyConfirms("writes go on when a standby dies", stack)
                .inject(KillPod.of(stack.postgres().anyStandby()).abruptly())
                .promise(
                        writesServedAgainWithin(ofSeconds(5)),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost(),
                        promotionsAtMost(0))));
    }

    @Test
    void theOtherStandbyConfirmsWhenAStandbysNodeFreezes(Stack stack, Targets targets, Runner runner) {
        var node = targets.nodeOf(stack.postgres().anyStandby());
        assertHeld(runner.run(theOtherStandbyConfirms("writes go on when a standby's node freezes", stack)
                .inject(FreezeNode.of(node).untilServed(ofSeconds(45)))
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost(),
                        promotionsAtMost(0))));
    }

    private static Experiment theOtherStandbyConfirms(String hypothesis, Stack stack) {
        return Experiment.that(hypothesis)
                .steadyWhen(stack.everythingReady(), stack.postgres().standbysStreaming(2))
                .under(
                        AckedWrites.through(stack.api()),
                        AckedWrites.through(stack.postgres().direct()));
    }
}
