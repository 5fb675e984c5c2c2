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

import aeterna.chaos.fault.DegradeNetwork;
import aeterna.chaos.fault.Targets;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.EachOf;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.model.Bound;
import aeterna.chaos.model.Degradation;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.workload.AckedWrites;

/**
 * Hypothesis: a bad network between the primary's zone and its standbys' slows down and stops nothing: nobody is promoted, nothing
 * restarts, nothing is lost (HA page, "Kubernetes Cluster Requirements", 1.2, which promises less than 10 ms between zones).
 */
@ChaosScenario(topology = "three-zones")
@FromPage("1.2")
class DegradedNetworkScenario {
    /** A slow network is between all zones, and takes none of them away. */
    private static final Bound EVERYBODY = new Bound(0, 6, 3);

    @EachOf({"10", "50", "200"})
    void slowZonesPromoteNobody(int millis, Stack stack, Targets targets, Runner runner) {
        var slow = Degradation.latency(ofMillis(millis));
        assertHeld(runner.run(nobodyIsPromoted(millis + " ms between zones are put up with", stack, targets, slow)));
    }

    @EachOf({"2", "10"})
    void lossyZonesPromoteNobody(int percent, Stack stack, Targets targets, Runner runner) {
        var lossy = Degradation.loss(percent);
        assertHeld(runner.run(
                nobodyIsPromoted(percent + " % of loss between zones are put up with", stack, targets, lossy)));
    }

    private static Experiment nobodyIsPromoted(String hypothesis, Stack stack, Targets targets, Degradation how) {
        var postgres = stack.postgres();
        var fault =
                DegradeNetwork.between(targets.zoneOf(postgres.primary()), targets.zoneOf(postgres.standbys()), how);
        return Experiment.that(hypothesis)
                .steadyWhen(stack.everythingReady(), postgres.standbysStreaming(2), stack.steady(stack.qdrant()))
                .under(
                        AckedWrites.through(stack.api()),
                        AckedWrites.through(stack.api().memories(), ofMillis(200)))
                .inject(fault.holdFor(ofSeconds(45)))
                .bound(EVERYBODY)
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        promotionsAtMost(0),
                        nobodyElseRestarts(),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost());
    }
}
