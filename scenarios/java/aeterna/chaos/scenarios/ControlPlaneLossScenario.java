package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.newPodReadyWithin;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.nobodyElseRestarts;
import static aeterna.chaos.check.Promises.promotionsAtMost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAgainWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.ControlPlaneOutage;
import aeterna.chaos.fault.KillContainer;
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
 * Hypothesis: a minute without the Kubernetes API harms no client: databases need not demote themselves for it, and a replica that dies
 * meanwhile is replaced (HA page, "Failover Behavior", 3.5: only an unhealthy primary is replaced; the checklist's load tests, 10.10).
 */
@ChaosScenario(topology = "three-zones")
@FromPage({"3.5", "10.10"})
class ControlPlaneLossScenario {
    @Test
    void nobodyNoticesAMinuteWithoutTheApiServer(Stack stack, Runner runner) {
        var outage = ControlPlaneOutage.ofTheApi();
        assertHeld(runner.run(clientsAreServed("clients are served while nobody reaches the Kubernetes API", stack)
                .inject(outage.holdFor(ofSeconds(60)))
                .promise(
                        servedAgainWithin(ofSeconds(5)),
                        promotionsAtMost(0),
                        nobodyElseRestarts(),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost())));
    }

    @Test
    void aReplicaThatDiesMeanwhileIsReplaced(Stack stack, Timekeeper time, Runner runner) {
        var outage = ControlPlaneOutage.ofTheApi();
        var dying = KillContainer.of(stack.api().anyPod(), "aeterna");
        assertHeld(runner.run(clientsAreServed("a replica that dies while the API is away is replaced", stack)
                .inject(Together.inSequence(ofSeconds(10), time, outage, dying).holdFor(ofSeconds(50)))
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        newPodReadyWithin(ofSeconds(90)),
                        promotionsAtMost(0),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost())));
    }

    private static Experiment clientsAreServed(String hypothesis, Stack stack) {
        return Experiment.that(hypothesis)
                .steadyWhen(stack.everythingReady(), stack.postgres().standbysStreaming(2))
                .under(
                        AckedWrites.through(stack.api()),
                        AckedWrites.through(stack.pooler()),
                        Reads.through(stack.cache().direct(), ofMillis(200)));
    }
}
