package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.alertFiresWithin;
import static aeterna.chaos.check.Promises.alertsResolveWithin;
import static aeterna.chaos.check.Promises.noAlertBut;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.FreezePod;
import aeterna.chaos.fault.PowerOffNode;
import aeterna.chaos.fault.Targets;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.workload.Reads;
import org.junit.jupiter.api.Test;

/**
 * Hypothesis: what breaks raises the alerts that name it, in time, and no others; they end when it is mended (HA page, "Critical
 * Alerts", 8.1 to 8.5). That every rule speaks of metrics which somebody exports is demanded before and after.
 */
@ChaosScenario(topology = "three-zones")
@FromPage({"8.1", "8.2", "8.3", "8.4", "8.5"})
class AlertsFireScenario {
    @Test
    void whenAnApiReplicaHangs(Stack stack, Runner runner) {
        assertHeld(runner.run(theRightAlertsFire("an API replica that hangs is told of", stack)
                .inject(FreezePod.of(stack.api().anyPod()).holdFor(ofSeconds(80)))
                .promise(
                        alertFiresWithin("AeternaPodsBelowMinReplicas", ofSeconds(60)),
                        noAlertBut("AeternaPodsBelowMinReplicas", "TargetDown"),
                        alertsResolveWithin(ofMinutes(2)),
                        redundantAgainWithin(ofMinutes(3)))));
    }

    @Test
    void whenAStandbyHangs(Stack stack, Runner runner) {
        assertHeld(runner.run(theRightAlertsFire("a standby that hangs is told of", stack)
                .inject(FreezePod.of(stack.postgres().anyStandby()).holdFor(ofSeconds(100)))
                .promise(
                        alertFiresWithin("PostgreSQLNotReplicating", ofSeconds(90)),
                        noAlertBut("PostgreSQLNotReplicating", "PostgreSQLInstanceDown", "TargetDown"),
                        alertsResolveWithin(ofMinutes(2)),
                        redundantAgainWithin(ofMinutes(3)))));
    }

    @Test
    void whenAQdrantPeerHangs(Stack stack, Runner runner) {
        assertHeld(runner.run(theRightAlertsFire("a Qdrant peer that hangs is told of", stack)
                .inject(FreezePod.of(stack.qdrant().anyFollower()).holdFor(ofSeconds(80)))
                .promise(
                        alertFiresWithin("QdrantClusterDegraded", ofSeconds(60)),
                        noAlertBut("QdrantClusterDegraded", "TargetDown"),
                        alertsResolveWithin(ofMinutes(2)),
                        redundantAgainWithin(ofMinutes(3)))));
    }

    @Test
    void whenANodeIsGone(Stack stack, Targets targets, Runner runner) {
        assertHeld(runner.run(theRightAlertsFire("a node that is gone is told of", stack)
                .inject(PowerOffNode.of(targets.nodeOf(stack.postgres().anyStandby()))
                        .holdFor(ofSeconds(100)))
                .promise(
                        alertFiresWithin("NodeNotReady", ofSeconds(60)),
                        alertFiresWithin("PostgreSQLNotReplicating", ofSeconds(90)),
                        noAlertBut(
                                "NodeNotReady",
                                "PostgreSQLNotReplicating",
                                "PostgreSQLInstanceDown",
                                "TargetDown",
                                // Whatever else lived there.
                                "AeternaPodsBelowMinReplicas",
                                "QdrantClusterDegraded",
                                "CacheWithoutReplica",
                                "OpalServersBelowMinReplicas",
                                "PoolerBelowReplicas"),
                        alertsResolveWithin(ofMinutes(2)),
                        redundantAgainWithin(ofMinutes(3)))));
    }

    private static Experiment theRightAlertsFire(String hypothesis, Stack stack) {
        return Experiment.that(hypothesis)
                .steadyWhen(stack.everythingReady(), stack.steady(stack.monitoring()))
                .under(Reads.through(stack.api(), ofMillis(200)));
    }
}
