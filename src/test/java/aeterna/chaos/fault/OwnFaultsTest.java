package aeterna.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.fakes.FakeCluster;
import aeterna.chaos.fakes.FakeMachines;
import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Faults of single experiments, on a Deployment of two pods and a StatefulSet of two. */
class OwnFaultsTest {
    private final FakeCluster cluster = new FakeCluster();

    OwnFaultsTest() {
        for (var number = 1; number <= 2; number++) {
            cluster.pod("api-" + number, "node-" + number, Map.of());
            cluster.owned("api-" + number, "ReplicaSet/api-5f");
            cluster.pod("pg-" + number, "node-" + number, Map.of());
            cluster.owned("pg-" + number, "StatefulSet/pg");
        }
    }

    private Aimed aim(Fault fault) {
        return fault.aim(cluster.on(new FakeMachines("node-1", "node-2")), new Random(7));
    }

    private static Target pod(String name) {
        return chance -> Hit.of(List.of("aeterna/" + name), List.of(), List.of());
    }

    private void gone(String name) {
        cluster.processes.remove(cluster.pods.remove(name).uid());
    }

    @Test
    void aRollOutHasLandedWhenNoneOfTheOldRevisionIsLeft() throws Exception {
        var aimed = aim(RollOut.of(pod("api-1")));
        assertThat(aimed.planned().hit().pods()).containsExactly("aeterna/api-1", "aeterna/api-2");
        assertThat(aimed.witness().look().seen()).isEqualTo(Seen.NOTHING);

        aimed.inject();

        assertThat(cluster.acts).containsExactly("restart aeterna/api");
        gone("api-1");
        assertThat(aimed.witness().look().seen()).isEqualTo(Seen.PARTLY);
        gone("api-2");
        assertThat(aimed.witness().look().seen()).isEqualTo(Seen.LANDED);
    }

    @Test
    void aPodThatOnlyTheApiServerHasForgottenIsNotGone() {
        var aimed = aim(RollOut.of(pod("api-1")));
        cluster.pods.keySet().removeIf(name -> name.startsWith("api"));
        assertThat(aimed.witness().look().seen()).isEqualTo(Seen.NOTHING);
    }

    @Test
    void onlyADeploymentIsRolledOut() {
        assertThatThrownBy(() -> aim(RollOut.of(pod("pg-1"))))
                .isInstanceOf(Problem.class)
                .hasMessage("aeterna/pg-1 belongs to no Deployment");
    }

    @Test
    void aTruncationIsSeenByTheTablesFileOnEveryInstance() throws Exception {
        cluster.exec = command -> "1";
        var aimed = aim(TruncateTable.of(pod("pg-1"), "aeterna", "writes"));
        assertThat(aimed.witness().look().seen()).isEqualTo(Seen.NOTHING);

        aimed.inject();

        assertThat(cluster.acts).anyMatch(act -> act.startsWith("exec pg-1") && act.endsWith("truncate writes"));
        assertThat(aimed.witness().look().seen()).isEqualTo(Seen.NOTHING);
        cluster.exec = command -> "2";
        assertThat(aimed.witness().look().seen()).isEqualTo(Seen.LANDED);
    }

    @Test
    void whatIsNoPlainNameOfATableIsRefused() {
        assertThatThrownBy(() -> TruncateTable.of(pod("pg-1"), "aeterna", "writes; drop"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theSameSeedDrawsTheSameLosses() {
        var losses = Repeatedly.oneOf(
                List.of(
                        KillPod.of(pod("api-1")).abruptly(),
                        KillPod.of(pod("pg-2")).abruptly()),
                2,
                Duration.ofSeconds(1),
                new FakeTime());
        var testbed = cluster.on(new FakeMachines("node-1", "node-2"));
        var drawn = IntStream.range(0, 200)
                .mapToObj(seed -> losses.aim(testbed, new Random(seed * 0x9E3779B97F4A7C15L))
                        .planned()
                        .hit())
                .toList();
        var again = IntStream.range(0, 200)
                .mapToObj(seed -> losses.aim(testbed, new Random(seed * 0x9E3779B97F4A7C15L))
                        .planned()
                        .hit())
                .toList();
        assertThat(drawn).isEqualTo(again);
        assertThat(drawn.stream().distinct()).hasSize(2);
    }
}
