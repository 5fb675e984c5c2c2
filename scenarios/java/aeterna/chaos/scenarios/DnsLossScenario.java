package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.nobodyElseRestarts;
import static aeterna.chaos.check.Promises.promotionsAtMost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAgainWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.DnsLoss;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.workload.AckedWrites;
import org.junit.jupiter.api.Test;

/**
 * Hypothesis: without an answer to any question for a name, what is connected goes on: nobody is promoted, nothing restarts, nothing
 * is lost, and clients are served within 30 s (nothing on the HA page but the load tests that confirm all of it, 10.10).
 */
@ChaosScenario(topology = "three-zones")
@FromPage("10.10")
class DnsLossScenario {
    @Test
    void theApiServesOnWithoutNames(Stack stack, Runner runner) {
        assertHeld(runner.run(Experiment.that("the API serves while it finds nobody by name")
                .steadyWhen(stack.everythingReady(), stack.postgres().standbysStreaming(2))
                .under(
                        AckedWrites.through(stack.api()),
                        AckedWrites.through(stack.api().memories(), ofMillis(200)))
                .inject(DnsLoss.of(stack.api().everyPod()).holdFor(ofSeconds(45)))
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        promotionsAtMost(0),
                        nobodyElseRestarts(),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost())));
    }
}
