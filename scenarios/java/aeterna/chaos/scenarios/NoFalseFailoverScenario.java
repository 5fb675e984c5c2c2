package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.neverTwoPrimaries;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.nobodyElseRestarts;
import static aeterna.chaos.check.Promises.promotionsAtMost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAfterHealingWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.IsolateNode;
import aeterna.chaos.fault.Targets;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.EachOf;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.workload.AckedWrites;

/**
 * Hypothesis: a primary that is out of reach for a moment keeps its place: blips of up to 5 s promote nobody and restart nothing (HA
 * page, "Failover Behavior", 3.5: only an unhealthy primary is replaced).
 */
@ChaosScenario(topology = "three-zones")
@FromPage("3.5")
class NoFalseFailoverScenario {
    @EachOf({"1", "2", "5"})
    void aBlipPromotesNobody(int seconds, Stack stack, Targets targets, Runner runner) {
        var blip = IsolateNode.of(targets.nodeOf(stack.postgres().primary()));
        assertHeld(runner.run(Experiment.that("a primary that is cut off for " + seconds + " s keeps its place")
                .steadyWhen(stack.everythingReady(), stack.postgres().standbysStreaming(2))
                .under(AckedWrites.through(stack.api()), AckedWrites.through(stack.pooler()))
                .inject(blip.holdFor(ofSeconds(seconds)))
                .promise(
                        servedAfterHealingWithin(ofSeconds(30)),
                        promotionsAtMost(0),
                        nobodyElseRestarts(),
                        neverTwoPrimaries(),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost())
                .linger(ofSeconds(20))));
    }
}
