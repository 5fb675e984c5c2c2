package aeterna.chaos.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.cluster.ClusterEvent;
import aeterna.chaos.cluster.Manifests;
import aeterna.chaos.cluster.Rollout;
import aeterna.chaos.fakes.FakeCluster;
import aeterna.chaos.fakes.FakeMachines;
import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.model.Image;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StackTest {
    private static final Path FOLDER = Path.of("stack");
    private static final Map<String, String> POSTGRES_PRIMARY = Map.of(
            "cnpg.io/cluster", "aeterna-postgres", "cnpg.io/podRole", "instance", "cnpg.io/instanceRole", "primary");
    private static final Progress SILENT = (what, expected) -> new Progress.Step() {
        @Override
        public void at(long done, long total, String detail) {}

        @Override
        public void close() {}

        @Override
        public void failed(String why) {}
    };

    private final FakeCluster cluster = new FakeCluster();
    private final Stack stack = new Stack(
            cluster.on(new FakeMachines("node-1")),
            FOLDER,
            Profile.read(FOLDER, "recommended"),
            Stack.IMAGES.stream()
                    .collect(Collectors.toMap(
                            name -> name, name -> new Image(name, Image.Flavour.OFFLINE, "registry/" + name + ":1"))),
            Map.of(),
            new FakeTime());

    StackTest() {
        stack.components().stream()
                .flatMap(component -> component.workloads().stream())
                .forEach(workload -> cluster.rollouts.add(rollout(workload, 3, 3, true)));
    }

    /** How many files the stack's folder and those of its components hold. */
    private int manifests() {
        return Stream.concat(Stream.of(FOLDER), stack.components().stream().map(part -> FOLDER.resolve(part.id())))
                .mapToInt(part -> new Manifests(part).texts().size())
                .sum();
    }

    private static Rollout rollout(String name, int wanted, int ready, boolean observed) {
        return new Rollout("Deployment", name, wanted, wanted, wanted, ready, observed);
    }

    @Test
    void isNotReadyWhileAPartIsMissing() {
        cluster.rollouts.removeIf(rollout -> rollout.name().equals("aeterna-gateway"));

        assertThat(stack.everythingReady().look().seen()).isEqualTo("aeterna-gateway is not deployed");
    }

    @Test
    void isNotReadyWhileAPodComesOrGoes() {
        cluster.pod("aeterna-1", "node-1", Map.of());
        cluster.change("aeterna-1", true, true, "x", 0);
        assertThat(stack.everythingReady().look().seen()).isEqualTo("aeterna-1 is terminating");

        cluster.change("aeterna-1", false, false, "x", 0);
        assertThat(stack.everythingReady().look().seen()).isEqualTo("aeterna-1 is not ready (CrashLoopBackOff)");
    }

    @Test
    void isNotReadyWhileASpecificationIsUnread() {
        cluster.rollouts.removeIf(rollout -> rollout.name().equals("aeterna"));
        cluster.rollouts.add(rollout("aeterna", 3, 3, false));

        assertThat(stack.everythingReady().look().seen()).contains("newest specification not yet read");
    }

    @Test
    void isNotReadyWhenNobodyIsLetIn() {
        var look = stack.everythingReady().look();

        assertThat(look.steady()).isFalse();
        assertThat(look.seen()).startsWith("the way in through postgres is shut: 08001");
    }

    @Test
    void aStackThatNeverBecomesSteadySaysWhatAPersonWouldLookUp() {
        cluster.pod("aeterna-1", "node-1", Map.of());
        cluster.change("aeterna-1", false, false, "x", 3);
        cluster.logs.put("aeterna-1", "PG_HOST is not set");
        cluster.events.add(new ClusterEvent(
                Instant.EPOCH, "Warning", "BackOff", "Pod/aeterna-1", "restarting failed container", 4));

        cluster.rollouts.removeIf(rollout -> rollout.name().equals("aeterna-postgres"));
        cluster.rollouts.add(rollout("aeterna-postgres", 3, 2, true));

        assertThatThrownBy(() -> stack.deploy(SILENT, Duration.ofMillis(700)))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("'postgres: rolled out' has not held since")
                .hasMessageContaining("aeterna-postgres: 2 of 3 ready")
                .hasMessageContaining("aeterna-1 is not ready (CrashLoopBackOff)")
                .hasMessageContaining("PG_HOST is not set")
                .hasMessageContaining("BackOff Pod/aeterna-1: restarting failed container (4 times)");
        assertThat(cluster.acts.get(0)).isEqualTo("apply apiVersion: v1");
        assertThat(cluster.acts).hasSize(manifests());
    }

    @Test
    void aComponentIsNotSteadyWhileItsOwnPodsComeOrGo() {
        var pod = cluster.pod("aeterna-postgres-2", "node-1", Map.of());
        cluster.owned(pod.name(), "StatefulSet/aeterna-postgres");
        cluster.change(pod.name(), true, true, "x", 0);
        cluster.owned(cluster.pod("aeterna-5d8f-x", "", Map.of()).name(), "ReplicaSet/aeterna-5d8f");
        cluster.change("aeterna-5d8f-x", false, false, "y", 0);

        assertThat(stack.steady(stack.postgres()).look().seen()).isEqualTo("aeterna-postgres-2 is terminating");
        assertThat(stack.steady(stack.api()).look().seen())
                .isEqualTo("aeterna-5d8f-x is on no node (CrashLoopBackOff)");
        assertThat(stack.steady(stack.pooler()).look().seen()).startsWith("the way in through pooler is shut");
    }

    @Test
    void whatOneComponentIsSetUpWithIsNotKeptWaitingByAnother() {
        cluster.rollouts.removeIf(rollout -> rollout.name().equals("aeterna"));
        cluster.rollouts.add(rollout("aeterna", 3, 0, true));
        cluster.annotations.put("aeterna-postgres-rw", Map.of("leader", "aeterna-postgres-1"));
        cluster.pod("aeterna-postgres-1", "node-1", POSTGRES_PRIMARY);

        assertThatThrownBy(() -> stack.deploy(SILENT, Duration.ofMillis(700)))
                .hasMessageContaining("'qdrant: set up' has not held since");
        assertThat(cluster.acts).anyMatch(act -> act.contains("patronictl"));
    }

    @Test
    void saysWhereItsImagesComeFrom() {
        assertThat(stack.flavours())
                .hasSameSizeAs(stack.components())
                .containsKeys("api", "backup", "cache", "opal", "pooler", "postgres", "qdrant")
                .allSatisfy((component, flavour) -> assertThat(flavour).isEqualTo("offline"));
    }

    @Test
    void aProfileRefusesNamesThatItDoesNotHave() {
        assertThatThrownBy(() -> Profile.read(FOLDER, "as-documentd"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("no profile 'as-documentd'");
        assertThatThrownBy(() -> stack.profile().with("postgres.tll", "5"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("does not say postgres.tll");
    }
}
