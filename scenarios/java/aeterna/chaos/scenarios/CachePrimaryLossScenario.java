package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.lossWindowWithin;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAgainWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMillis;
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
 * Hypothesis: the cache's replica takes over within 30 s; what asynchronous replication loses was acknowledged within a second,
 * and is reported (HA page, "Dragonfly Cache", 6.1 and 6.2).
 */
@ChaosScenario(topology = "three-zones")
@FromPage({"6.1", "6.2"})
@Tag("gate")
class CachePrimaryLossScenario {
    @Test
    void theReplicaTakesOverWhenThePrimaryDies(Stack stack, Runner runner) {
        var dying = KillPod.of(stack.cache().primary()).abruptly();
        assertHeld(runner.run(theReplicaTakesOver("the cache answers when its primary dies", stack, dying)
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(3)),
                        lossWindowWithin(ofSeconds(1)))));
    }

    @Test
    void theReplicaTakesOverWhenThePrimaryIsDeleted(Stack stack, Runner runner) {
        var deleted = KillPod.of(stack.cache().primary()).gracefully();
        assertHeld(runner.run(theReplicaTakesOver("the cache answers when its primary is deleted", stack, deleted)
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost())));
    }

    private static Experiment theReplicaTakesOver(String hypothesis, Stack stack, OneShotFault fault) {
        var cache = stack.cache().direct();
        return Experiment.that(hypothesis)
                .steadyWhen(stack.everythingReady(), stack.steady(stack.cache()))
                .under(
                        AckedWrites.through(cache),
                        Reads.through(cache),
                        Reads.through(stack.api().memories(), ofMillis(200)))
                .inject(fault);
    }
}
