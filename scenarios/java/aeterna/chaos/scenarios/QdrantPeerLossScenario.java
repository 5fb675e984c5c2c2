package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.leaderElectedWithin;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.readsServedAgainWithin;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAgainWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.FreezeNode;
import aeterna.chaos.fault.KillPod;
import aeterna.chaos.fault.Targets;
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
 * Hypothesis: two of three Qdrant peers are a quorum: they have a leader within 5 s, answer searches within 5 s of a crash and
 * 30 s of a silence, and lose no acknowledged point (HA page, "Cluster Consensus", 4.2, and "Qdrant Vector Database", 4.4).
 */
@ChaosScenario(topology = "three-zones")
@FromPage({"4.2", "4.4"})
@Tag("gate")
class QdrantPeerLossScenario {
    @Test
    @Tag("smoke")
    void anotherPeerLeadsWhenTheLeaderDies(Stack stack, Runner runner) {
        assertHeld(runner.run(twoPeersAreEnough("searches go on when Qdrant's leader dies", stack)
                .inject(KillPod.of(stack.qdrant().leader()).abruptly())
                .promise(
                        readsServedAgainWithin(ofSeconds(5)),
                        servedAgainWithin(ofSeconds(30)),
                        leaderElectedWithin("qdrant", ofSeconds(5)),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost())));
    }

    @Test
    void theQuorumStaysWhenAFollowerDies(Stack stack, Runner runner) {
        assertHeld(runner.run(twoPeersAreEnough("searches go on when a follower of Qdrant's dies", stack)
                .inject(KillPod.of(stack.qdrant().anyFollower()).abruptly())
                .promise(
                        readsServedAgainWithin(ofSeconds(5)),
                        servedAgainWithin(ofSeconds(30)),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost())));
    }

    @Test
    void anotherPeerLeadsWhenTheLeadersNodeFreezes(Stack stack, Targets targets, Runner runner) {
        var node = targets.nodeOf(stack.qdrant().leader());
        assertHeld(runner.run(twoPeersAreEnough("searches go on when the node of Qdrant's leader freezes", stack)
                .inject(FreezeNode.of(node).untilServed(ofSeconds(45)))
                .promise(
                        servedAgainWithin(ofSeconds(30)),
                        leaderElectedWithin("qdrant", ofSeconds(5)),
                        redundantAgainWithin(ofMinutes(3)),
                        noAcknowledgedWriteLost())));
    }

    private static Experiment twoPeersAreEnough(String hypothesis, Stack stack) {
        var peers = stack.qdrant().anyPeer();
        return Experiment.that(hypothesis)
                .steadyWhen(stack.everythingReady(), stack.steady(stack.qdrant()))
                .under(
                        AckedWrites.through(peers, ofMillis(100)),
                        Reads.through(peers, ofMillis(100)),
                        AckedWrites.through(stack.api().memories(), ofMillis(200)));
    }
}
