package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.neverTwoPrimaries;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.promotionsAtMost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAfterHealingWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.Partition;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.workload.AckedWrites;
import org.junit.jupiter.api.Test;

/**
 * Hypothesis: a primary cut off from its standbys acknowledges nothing that only it has; one cut off from its clients stays where it
 * is; in either case all is served 30 s after the network is whole again (HA page, "PostgreSQL High Availability", 3.2, and "Failover
 * Behavior", 3.5).
 */
@ChaosScenario(topology = "three-zones")
@FromPage({"3.2", "3.5"})
class PostgresPartitionedScenario {
    @Test
    void nothingIsAcknowledgedThatNoStandbyHas(Stack stack, Runner runner) {
        var postgres = stack.postgres();
        assertHeld(runner.run(servedAfterwards("the primary loses sight of its standbys", stack)
                .inject(Partition.between(postgres.primary(), postgres.standbys())
                        .holdFor(ofSeconds(30)))
                .promise(
                        servedAfterHealingWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost(),
                        neverTwoPrimaries())));
    }

    @Test
    void nobodyIsPromotedForClientsThatAreCutOff(Stack stack, Runner runner) {
        var fault = Partition.between(stack.postgres().primary(), stack.pooler().everyPod());
        assertHeld(runner.run(servedAfterwards("the poolers lose sight of the primary, its standbys do not", stack)
                .inject(fault.holdFor(ofSeconds(30)))
                .promise(
                        servedAfterHealingWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost(),
                        promotionsAtMost(0))));
    }

    private static Experiment servedAfterwards(String hypothesis, Stack stack) {
        return Experiment.that(hypothesis)
                .steadyWhen(stack.everythingReady(), stack.postgres().standbysStreaming(2))
                .under(AckedWrites.through(stack.api()), AckedWrites.through(stack.pooler()));
    }
}
