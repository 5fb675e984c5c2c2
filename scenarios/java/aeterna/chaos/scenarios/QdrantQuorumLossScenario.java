package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAfterHealingWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.FreezePod;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.workload.AckedWrites;
import org.junit.jupiter.api.Test;

/**
 * Hypothesis: one Qdrant peer of three acknowledges nothing that it cannot keep, and all is whole again after the others are back
 * (HA page, "Cluster Consensus", 4.2, which promises the loss of one peer and no more).
 */
@ChaosScenario(topology = "three-zones")
@FromPage("4.2")
class QdrantQuorumLossScenario {
    @Test
    void onePeerAloneAcknowledgesNothingItCannotKeep(Stack stack, Runner runner) {
        var peers = stack.qdrant().anyPeer();
        assertHeld(runner.run(Experiment.that("no false acknowledgement without a quorum")
                .steadyWhen(stack.everythingReady(), stack.steady(stack.qdrant()))
                .under(
                        AckedWrites.through(peers, ofMillis(100)),
                        AckedWrites.through(stack.api().memories(), ofMillis(200)))
                .inject(FreezePod.of(stack.qdrant().followers()).holdFor(ofSeconds(30)))
                .promise(
                        servedAfterHealingWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost())));
    }
}
