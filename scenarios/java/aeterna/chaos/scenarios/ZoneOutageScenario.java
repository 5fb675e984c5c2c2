package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.neverTwoPrimaries;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAgainWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.FreezeNode;
import aeterna.chaos.fault.HeldFault;
import aeterna.chaos.fault.IsolateNode;
import aeterna.chaos.fault.PowerOffNode;
import aeterna.chaos.fault.Targets;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.EachOf;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.workload.AckedWrites;
import aeterna.chaos.workload.Reads;

/**
 * Hypothesis: any zone may go, in whichever way, and come back: the others serve on every path within 30 s, nothing that was
 * acknowledged is lost, nobody leads twice (HA page, "Zone Distribution", 1.4, "Simulate Component Failure", 9.3, "Qdrant Vector Database", 4.1).
 */
@ChaosScenario(topology = "three-zones")
@FromPage({"1.4", "9.3", "4.1"})
class ZoneOutageScenario {
    @EachOf({"zone-a", "zone-b", "zone-c"})
    void losesItsPower(String zone, Stack stack, Targets targets, Runner runner) {
        var fault = PowerOffNode.of(targets.zone(zone));
        assertHeld(runner.run(theOtherZonesServeOn("the others serve while " + zone + " is off", stack, fault)));
    }

    @EachOf({"zone-a", "zone-b", "zone-c"})
    void freezes(String zone, Stack stack, Targets targets, Runner runner) {
        var fault = FreezeNode.of(targets.zone(zone));
        assertHeld(runner.run(theOtherZonesServeOn("the others serve while " + zone + " is frozen", stack, fault)));
    }

    @EachOf({"zone-a", "zone-b", "zone-c"})
    void isCutOff(String zone, Stack stack, Targets targets, Runner runner) {
        var fault = IsolateNode.of(targets.zone(zone));
        assertHeld(runner.run(theOtherZonesServeOn("the others serve while " + zone + " is cut off", stack, fault)));
    }

    /** The cache and the policy servers are only read: what they replicate asynchronously has scenarios of its own. */
    private static Experiment theOtherZonesServeOn(String hypothesis, Stack stack, HeldFault fault) {
        return Experiment.that(hypothesis)
                .steadyWhen(
                        stack.everythingReady(),
                        stack.postgres().standbysStreaming(2),
                        stack.steady(stack.qdrant()),
                        stack.steady(stack.cache()))
                .under(
                        AckedWrites.through(stack.api(), ofMillis(100)),
                        AckedWrites.through(stack.api().memories(), ofMillis(200)),
                        AckedWrites.through(stack.pooler(), ofMillis(100)),
                        Reads.through(stack.qdrant().anyPeer(), ofMillis(200)),
                        Reads.through(stack.cache().direct(), ofMillis(200)),
                        Reads.through(stack.opal(), ofMillis(500)))
                .inject(fault.untilServed(ofSeconds(45)))
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(4)),
                        noAcknowledgedWriteLost(),
                        neverTwoPrimaries());
    }
}
