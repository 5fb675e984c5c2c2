package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.readsServedAgainWithin;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.writesServedAgainWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.KillPod;
import aeterna.chaos.fault.OneShotFault;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.workload.AckedWrites;
import aeterna.chaos.workload.Reads;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Hypothesis: when an OPAL server goes, every client of either server has the newest update within 30 s, and none that was
 * acknowledged stays unknown to any of them (HA page, "OPAL Authorization Server", 5.1).
 */
@ChaosScenario(topology = "three-zones")
@FromPage("5.1")
@Tag("gate")
class OpalServerLossScenario {
    @Test
    void everyClientHasTheNewestUpdateWhenAServerDies(Stack stack, Runner runner) {
        var dying = KillPod.of(stack.opal().anyPod()).abruptly();
        assertHeld(runner.run(
                everyClientHasTheNewestUpdate("updates reach everybody when an OPAL server dies", stack, dying)));
    }

    @Test
    void everyClientHasTheNewestUpdateWhenAServerIsDeleted(Stack stack, Runner runner) {
        var deleted = KillPod.of(stack.opal().anyPod()).gracefully();
        assertHeld(runner.run(everyClientHasTheNewestUpdate(
                "updates reach everybody when an OPAL server is deleted", stack, deleted)));
    }

    /** A read publishes an update and is answered when every client knows it; a write when the server has taken it. */
    private static Experiment everyClientHasTheNewestUpdate(String hypothesis, Stack stack, OneShotFault fault) {
        return Experiment.that(hypothesis)
                .steadyWhen(stack.everythingReady(), stack.steady(stack.opal()))
                .under(Reads.through(stack.opal(), ofMillis(250)), AckedWrites.through(stack.opal(), ofMillis(250)))
                .inject(fault)
                .promise(
                        readsServedAgainWithin(ofSeconds(30)),
                        writesServedAgainWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost());
    }
}
