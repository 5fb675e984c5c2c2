package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.neverTwoPrimaries;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.promotionsAtMost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAgainWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.FreezePod;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.workload.AckedWrites;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Hypothesis: a primary that hangs without dying is noticed and replaced within 30 s; thawed, it does not believe that it leads
 * (HA page, "Failover Behavior", 3.5).
 */
@ChaosScenario(topology = "three-zones")
@FromPage({"3.5", "3.3"})
@Tag("gate")
class PostgresPrimaryHungScenario {
    @Test
    void aStandbyTakesOverFromAHangingPrimary(Stack stack, Runner runner) {
        assertHeld(runner.run(Experiment.that("writes resume while the primary hangs")
                .steadyWhen(stack.everythingReady(), stack.postgres().standbysStreaming(2))
                .under(AckedWrites.through(stack.api()), AckedWrites.through(stack.pooler()))
                .inject(FreezePod.of(stack.postgres().primary()).untilServed(ofSeconds(30)))
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost(),
                        neverTwoPrimaries(),
                        promotionsAtMost(1))));
    }
}
