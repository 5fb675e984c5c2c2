package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.evenlySpread;
import static aeterna.chaos.check.Promises.exactlyTheseWait;
import static aeterna.chaos.check.Promises.neverFewerReady;
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
import aeterna.chaos.junit.EachOf;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.model.Topology;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.workload.AckedWrites;

/**
 * Hypothesis: any worker may be drained for maintenance: budgets are kept, clients are served within 30 s, what can run elsewhere
 * does so within 60 s, and exactly what has its volume there waits (HA page, "Pod Disruption Budgets" 2.3, 4.3, 5.1 and 7.1, "Topology
 * Spread Constraints" 2.2).
 */
@ChaosScenario(topology = "three-zones")
@FromPage({"7.1", "2.3", "4.3", "5.1", "2.2"})
class NodeDrainScenario {
    @EachOf({"node-1", "node-2", "node-3", "node-4", "node-5", "node-6"})
    void budgetsAreKept(String node, Stack stack, Topology topology, Targets targets, Timekeeper time, Runner runner) {
        var drain = DrainNode.of(targets.node(node), ofMinutes(2), time);
        assertHeld(runner.run(Experiment.that("all is served while " + node + " is drained")
                .steadyWhen(
                        stack.everythingReady(), stack.postgres().standbysStreaming(2), stack.steady(stack.qdrant()))
                .under(
                        AckedWrites.through(stack.api(), ofMillis(100)),
                        AckedWrites.through(stack.api().memories(), ofMillis(200)),
                        AckedWrites.through(stack.pooler(), ofMillis(100)))
                .inject(drain.untilServed(ofSeconds(60)))
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        neverFewerReady("aeterna", 2),
                        neverFewerReady("aeterna-postgres", 2),
                        neverFewerReady("aeterna-qdrant", 2),
                        neverFewerReady("aeterna-opal-server", 1),
                        wholeElsewhereWithin(ofSeconds(60), stack.stateless()),
                        exactlyTheseWait(stack.nodeBound()),
                        evenlySpread(topology, "aeterna"),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost())));
    }
}
