package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.neverFewerReady;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAgainWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.PowerOffNode;
import aeterna.chaos.fault.RollOut;
import aeterna.chaos.fault.Targets;
import aeterna.chaos.fault.Together;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.workload.AckedWrites;
import aeterna.chaos.workload.Reads;
import org.junit.jupiter.api.Test;

/**
 * Hypothesis: a new version of the API is rolled out under load with never fewer replicas than its budget asks for, and so it is when a
 * node is lost in the middle of it (HA page, "Aeterna Deployment", 2.1, and "Pod Disruption Budgets", 2.3).
 */
@ChaosScenario(topology = "three-zones")
@FromPage({"2.1", "2.3"})
class RollingUpdateScenario {
    @Test
    void isServedThroughout(Stack stack, Runner runner) {
        assertHeld(
                runner.run(aNewVersionIsRolledOut("nobody notices that a new version of the API is rolled out", stack)
                        .inject(RollOut.of(stack.api().everyPod()))
                        .promise(
                                servedAgainWithin(ofSeconds(2)),
                                neverFewerReady("aeterna", 2),
                                redundantAgainWithin(ofMinutes(3)),
                                noAcknowledgedWriteLost())));
    }

    @Test
    void aNodeIsLostInTheMiddle(Stack stack, Targets targets, Timekeeper time, Runner runner) {
        var rollOut = RollOut.of(stack.api().everyPod());
        var lost = PowerOffNode.of(targets.nodeOf(stack.api().anyPod()));
        assertHeld(runner.run(aNewVersionIsRolledOut(
                        "a node is lost while a new version of the API is rolled out", stack)
                .inject(Together.inSequence(ofSeconds(5), time, rollOut, lost).untilServed(ofSeconds(45)))
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(4)),
                        noAcknowledgedWriteLost())));
    }

    private static Experiment aNewVersionIsRolledOut(String hypothesis, Stack stack) {
        return Experiment.that(hypothesis)
                .steadyWhen(stack.everythingReady())
                .under(AckedWrites.through(stack.api()), Reads.through(stack.api()));
    }
}
