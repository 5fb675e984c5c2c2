package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.neverLetIn;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAgainWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.PowerOffNode;
import aeterna.chaos.fault.Targets;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.EachOf;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.workload.AckedWrites;
import aeterna.chaos.workload.Reads;

/**
 * Hypothesis: only the gateway reaches the API, before a zone goes, while it is away and after it is back (HA page, "Network
 * Policies", 7.3). Where the cluster's network enforces no policies, the stack is not steady and the run says so.
 */
@ChaosScenario(topology = "three-zones")
@FromPage("7.3")
class NetworkPolicyHoldsScenario {
    @EachOf({"zone-a", "zone-c"})
    void whileAZoneIsAway(String zone, Stack stack, Targets targets, Timekeeper time, Runner runner) {
        assertHeld(runner.run(Experiment.that("only the gateway is let in while " + zone + " is away")
                .steadyWhen(stack.everythingReady(), stack.steady(stack.api()))
                .under(Reads.through(stack.api()), AckedWrites.through(stack.api()))
                .watchedBy(stack.api().strangersKnock(time))
                .inject(PowerOffNode.of(targets.zone(zone)).untilServed(ofSeconds(45)))
                .promise(
                        neverLetIn(),
                        servedAgainWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(4)),
                        noAcknowledgedWriteLost())));
    }
}
