package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.exactlyTheseWait;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAgainWithin;
import static aeterna.chaos.check.Promises.wholeElsewhereWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.DrainNode;
import aeterna.chaos.fault.Targets;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.workload.AckedWrites;
import org.junit.jupiter.api.Test;

/**
 * Hypothesis: a zone may be drained node by node: what can run elsewhere does so within 60 s, exactly what has its volume there
 * waits, and all is served (HA page, "Simulate Component Failure", 9.3, whose words are that <i>all</i> pods reschedule).
 */
@ChaosScenario(topology = "three-zones")
@FromPage("9.3")
class ZoneDrainScenario {
    @Test
    void whatCanRunElsewhereDoes(Stack stack, Targets targets, Timekeeper time, Runner runner) {
        assertHeld(runner.run(aZoneIsDrained("all is served while the primary's zone is drained", stack, targets, time)
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        wholeElsewhereWithin(ofSeconds(60), stack.stateless()),
                        exactlyTheseWait(stack.nodeBound()),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost())));
    }

    @Test
    void everyPodReschedules(Stack stack, Targets targets, Timekeeper time, Runner runner) {
        assertHeld(runner.run(aZoneIsDrained("every pod of a drained zone runs elsewhere", stack, targets, time)
                .promise(
                        wholeElsewhereWithin(ofSeconds(60), stack.stateless()),
                        wholeElsewhereWithin(ofSeconds(60), stack.nodeBound()))));
    }

    private static Experiment aZoneIsDrained(String hypothesis, Stack stack, Targets targets, Timekeeper time) {
        var zone = targets.zoneOf(stack.postgres().primary());
        return Experiment.that(hypothesis)
                .steadyWhen(
                        stack.everythingReady(), stack.postgres().standbysStreaming(2), stack.steady(stack.qdrant()))
                .under(
                        AckedWrites.through(stack.api(), ofMillis(100)),
                        AckedWrites.through(stack.api().memories(), ofMillis(200)),
                        AckedWrites.through(stack.pooler(), ofMillis(100)))
                .inject(DrainNode.of(zone, ofMinutes(3), time).untilServed(ofSeconds(60)));
    }
}
