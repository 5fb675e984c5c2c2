package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.scaledOutWithin;
import static aeterna.chaos.check.Promises.servedAgainWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.KillPod;
import aeterna.chaos.fault.PowerOffNode;
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
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Hypothesis: under more load than its replicas are meant for the API gets more of them within 3 min, and serves on when one of them
 * dies and the node of another one goes (HA page, "Horizontal Pod Autoscaling", 2.5, and the checklist, 10.7).
 */
@ChaosScenario(topology = "three-zones")
@FromPage({"2.5", "10.7"})
class HpaUnderLoadScenario {
    /** More than three tenths of a core of API; its replicas ask for a tenth each, and 70 % of that is the threshold. */
    private static final Duration CLOSE = ofMillis(4);

    @Test
    void moreReplicasComeAndTheirLossIsSurvived(Stack stack, Targets targets, Timekeeper time, Runner runner) {
        var dying = KillPod.of(stack.api().anyPod()).abruptly();
        var lost = PowerOffNode.of(targets.nodeOf(stack.api().anyPod()));
        assertHeld(runner.run(Experiment.that("the API scales out under load, and serves on with a pod and a node less")
                .steadyWhen(stack.everythingReady())
                .under(Reads.through(stack.api(), CLOSE), AckedWrites.through(stack.api(), ofMillis(200)))
                .inject(Together.inSequence(ofSeconds(60), time, dying, lost).untilServed(ofSeconds(60)))
                .promise(
                        scaledOutWithin("aeterna", ofMinutes(3)),
                        servedAgainWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(4)),
                        noAcknowledgedWriteLost())));
    }
}
