package aeterna.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.fakes.FakeCluster;
import aeterna.chaos.fakes.FakeMachines;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.Target;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class KillPodTest {
    private final FakeCluster cluster = new FakeCluster();
    private final Random chance = new Random(7);

    KillPodTest() {
        cluster.pod("api-1", "node-1", Map.of());
        cluster.pod("api-2", "node-2", Map.of());
    }

    private Aimed aim(OneShotFault fault) {
        return fault.aim(cluster.on(new FakeMachines("node-1", "node-2")), chance);
    }

    private static Target pod(String... ids) {
        return new Target() {
            @Override
            public Hit resolve(RandomGenerator ignored) {
                return Hit.of(List.of(ids), List.of(), List.of());
            }

            @Override
            public String toString() {
                return "the victim";
            }
        };
    }

    @Test
    void anAbruptDeathKillsTheProcessesBeforeAnybodyIsTold() throws Exception {
        var aimed = aim(KillPod.of(pod("aeterna/api-1")).abruptly());
        assertThat(cluster.acts).isEmpty();
        assertThat(aimed.planned()).satisfies(planned -> {
            assertThat(planned.hit().pods()).containsExactly("aeterna/api-1");
            assertThat(planned.undo()).isEmpty();
        });

        aimed.inject();

        assertThat(cluster.acts).containsExactly("kill api-1-1 on node-1", "delete aeterna/api-1 PT0S");
    }

    @Test
    void aGracefulDeathIsAnOrdinaryDeletion() throws Exception {
        aim(KillPod.of(pod("aeterna/api-1")).gracefully()).inject();

        assertThat(cluster.acts).containsExactly("delete aeterna/api-1 own grace");
    }

    @Test
    void landsWhenTheObjectAndTheProcessesAreGone() {
        var witness = aim(KillPod.of(pod("aeterna/api-1")).abruptly()).witness();
        assertThat(witness.look().seen()).isEqualTo(Seen.NOTHING);

        cluster.change("api-1", true, true, "api-1-1", 0);
        assertThat(witness.look().seen()).isEqualTo(Seen.PARTLY);

        cluster.processes.remove("api-1-1");
        assertThat(witness.look().seen()).isEqualTo(Seen.LANDED);

        cluster.change("api-1", true, false, "api-1-2", 0);
        assertThat(witness.look().seen()).isEqualTo(Seen.LANDED);
    }

    @Test
    void aPodThatWasOnlyReplacedInTheApiHasNotDiedYet() {
        var witness = aim(KillPod.of(pod("aeterna/api-1")).abruptly()).witness();

        cluster.change("api-1", true, false, "api-1-2", 0);

        assertThat(witness.look()).satisfies(sighting -> {
            assertThat(sighting.seen()).isEqualTo(Seen.PARTLY);
            assertThat(sighting.what()).contains("2 processes on node-1");
        });
    }

    @Test
    void anotherPodThatGoesOrRestartsWasHitInstead() {
        var fault = KillPod.of(pod("aeterna/api-1")).abruptly();
        var restarted = aim(fault).witness();
        cluster.change("api-2", true, false, "api-2-1", 1);
        assertThat(restarted.look().seen()).isEqualTo(Seen.ELSEWHERE);

        var replaced = aim(fault).witness();
        cluster.change("api-2", true, false, "api-2-2", 0);
        assertThat(replaced.look().what()).contains("aeterna/api-2").contains("not aimed at");
    }

    @Test
    void refusesAVictimThatIsNotThereOrGoingAlready() {
        assertThatThrownBy(() -> aim(KillPod.of(pod("aeterna/api-9")).gracefully()))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("the victim was aeterna/api-9");
        assertThatThrownBy(() -> aim(KillPod.of(pod()).gracefully()))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("resolves to no pod");
        cluster.change("api-1", true, true, "api-1-1", 0);
        assertThatThrownBy(() -> aim(KillPod.of(pod("aeterna/api-1")).gracefully()))
                .isInstanceOf(Problem.class);
    }

    @Test
    void nothingIsSeenOfAFaultThatDoesNothing() throws Exception {
        var aimed = aim(NoFault.on(pod("aeterna/api-1")));

        aimed.inject();

        assertThat(cluster.acts).isEmpty();
        assertThat(aimed.witness().look().seen()).isEqualTo(Seen.NOTHING);
    }

    @Test
    void saysWhatItDoes() {
        assertThat(KillPod.of(pod()).abruptly()).hasToString("kill the pod of the victim abruptly");
        assertThat(KillPod.of(pod()).gracefully()).hasToString("kill the pod of the victim gracefully");
    }
}
