package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.neverTwoPrimaries;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAfterHealingWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.FillVolume;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.workload.AckedWrites;
import org.junit.jupiter.api.Test;

/**
 * Hypothesis: when nothing more fits on the primary's volume, nothing that was acknowledged is lost, and all is served 30 s after there
 * is room again (HA page, "Critical Alerts", 8.4: that storage runs out is only watched for).
 */
@ChaosScenario(topology = "three-zones")
@FromPage({"8.4", "8.5"})
class DiskFullScenario {
    @Test
    void nothingIsLostWhenThePrimarysVolumeIsFull(Stack stack, Runner runner) {
        assertHeld(runner.run(Experiment.that("no acknowledged write is lost when the primary's volume is full")
                .steadyWhen(stack.everythingReady(), stack.postgres().standbysStreaming(2))
                .under(AckedWrites.through(stack.api()), AckedWrites.through(stack.pooler()))
                .inject(FillVolume.of(stack.postgres().primary(), "/var/lib/postgresql/data")
                        .holdFor(ofSeconds(30)))
                .promise(
                        servedAfterHealingWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost(),
                        neverTwoPrimaries())));
    }
}
