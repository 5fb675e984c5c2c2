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
import aeterna.chaos.model.Undo;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PowerOffWithStandbysBehindTest {
    private final FakeCluster cluster = new FakeCluster();
    private final FakeMachines machines = new FakeMachines("node-1", "node-2", "node-3");
    private final FakeTime time = new FakeTime();

    PowerOffWithStandbysBehindTest() {
        for (var number = 1; number <= 3; number++) {
            cluster.pod("pg-" + number, "node-" + number, Map.of());
            cluster.node("node-" + number, true);
        }
    }

    private Aimed aim(List<String> primary, List<String> standbys) {
        return new PowerOffWithStandbysBehind(pods(primary), pods(standbys), Duration.ofSeconds(2), time)
                .aim(cluster.on(machines), new Random(7));
    }

    private static Target pods(List<String> ids) {
        return chance -> Hit.of(ids, List.of(), List.of());
    }

    @Test
    void theStandbysAreBackOnlyWhenThePrimaryIsOff() throws Exception {
        var aimed = aim(List.of("aeterna/pg-1"), List.of("aeterna/pg-2", "aeterna/pg-3"));
        var before = time.nanos();

        aimed.inject();

        assertThat(machines.acts())
                .containsExactly("cutOff [node-2, node-3]", "powerOff [node-1]", "reconnect [node-2, node-3]");
        assertThat(time.since(before)).isEqualTo(Duration.ofSeconds(2));
        assertThat(aimed.planned().undo())
                .containsExactly(
                        new Undo.Reconnect(new TreeSet<>(List.of("node-2", "node-3"))),
                        new Undo.PowerOn(new TreeSet<>(List.of("node-1"))));
    }

    @Test
    void itsWitnessIsTheLease() {
        var witness = aim(List.of("aeterna/pg-1"), List.of("aeterna/pg-2", "aeterna/pg-3"))
                .witness();
        assertThat(witness.look().seen()).isEqualTo(Seen.NOTHING);

        cluster.node("node-1", false);
        assertThat(witness.look().seen()).isEqualTo(Seen.LANDED);

        cluster.node("node-3", false);
        assertThat(witness.look().seen()).isEqualTo(Seen.ELSEWHERE);
    }

    @Test
    void refusesWhenBothAreOnOneMachine() {
        cluster.pod("pg-2", "node-1", Map.of());

        assertThatThrownBy(() -> aim(List.of("aeterna/pg-1"), List.of("aeterna/pg-2")))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("same machine");
    }
}
