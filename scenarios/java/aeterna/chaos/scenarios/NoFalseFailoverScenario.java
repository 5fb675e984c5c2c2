package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.neverTwoPrimaries;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.nobodyElseRestarts;
import static aeterna.chaos.check.Promises.promotionsAtMost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAfterHealingWithin;
import static aeterna.chaos.check.Promises.servedAgainWithin;
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
        var hypothesis = "a primary that is cut off for " + seconds + " s keeps its place";
        assertHeld(runner.run(thePrimaryIsCutOff(hypothesis, seconds, stack, targets)
                .promise(
                        servedAfterHealingWithin(ofSeconds(30)),
                        promotionsAtMost(0),
                        nobodyElseRestarts(),
                        neverTwoPrimaries(),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost())));
    }

    /** Somebody may be promoted or not: the shortest time after which the report tells of a promotion is the shortest that does it. */
    @EachOf({"10", "15", "20", "25"})
    void aLongerSilencePromotesOneAtMost(int seconds, Stack stack, Targets targets, Runner runner) {
        var hypothesis = "a primary that is cut off for " + seconds + " s is replaced once, or not at all";
        assertHeld(runner.run(thePrimaryIsCutOff(hypothesis, seconds, stack, targets)
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        promotionsAtMost(1),
                        neverTwoPrimaries(),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost())));
    }

    private static Experiment thePrimaryIsCutOff(String hypothesis, int seconds, Stack stack, Targets targets) {
        var node = targets.nodeOf(stack.postgres().primary());
        return Experiment.that(hypothesis)
                .steadyWhen(stack.everythingReady(), stack.postgres().standbysStreaming(2))
                .under(AckedWrites.through(stack.api()), AckedWrites.through(stack.pooler()))
                .inject(IsolateNode.of(node).holdFor(ofSeconds(seconds)))
                .linger(ofSeconds(20));
    }
}
