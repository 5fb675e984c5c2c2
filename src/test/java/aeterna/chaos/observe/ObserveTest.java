package aeterna.chaos.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.cluster.EndpointsStatus;
import aeterna.chaos.fakes.FakeCluster;
import aeterna.chaos.fakes.FakeMachines;
import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.model.Entry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObserveTest {
    private final FakeCluster cluster = new FakeCluster();
    private final FakeTime time = new FakeTime();

    @Test
    void writesDownPodsAsTheyAreHeardOf() {
        var entries = new ArrayList<Entry>();
        var pod = cluster.pod("api-1", "node-1", Map.of());
        time.pass(Duration.ofMillis(5));
        try (var watch = new PodWatch(cluster, "aeterna", time).watch(entries::add)) {
            time.pass(Duration.ofMillis(5));
            cluster.listener.gone(pod);
            cluster.listener.missed("away");
        }

        assertThat(entries)
                .containsExactly(
                        new Entry.PodSeen(
                                5_000_000, "aeterna/api-1", "api-1-1", 0, "ReplicaSet/x", "node-1", true, false),
                        new Entry.PodSeen(
                                10_000_000, "aeterna/api-1", "api-1-1", 0, "ReplicaSet/x", "node-1", false, true),
                        new Entry.Trouble(10_000_000, "pod watch", "away"));
        assertThat(cluster.listener).isNull();
    }

    @Test
    void routesAndLocksAreWrittenDownWhenTheyChange() {
        var lock = Optional.of(new EndpointsStatus.Lock("db-1", "10:00:00", Duration.ofSeconds(20)));
        var renewed = Optional.of(new EndpointsStatus.Lock("db-1", "10:00:10", Duration.ofSeconds(20)));
        var entries = new ArrayList<Entry>();
        try (var watch = new RouteWatch(cluster, "aeterna", time).watch(entries::add)) {
            cluster.endpoints.seen(new EndpointsStatus("db-rw", List.of("db-1"), Optional.empty()));
            cluster.endpoints.seen(new EndpointsStatus("db", List.of(), lock));
            time.pass(Duration.ofMillis(5));
            cluster.endpoints.seen(new EndpointsStatus("db", List.of(), lock));
            cluster.endpoints.seen(new EndpointsStatus("db", List.of(), renewed));
            cluster.endpoints.seen(new EndpointsStatus("db-rw", List.of("db-1"), Optional.empty()));
            cluster.endpoints.seen(new EndpointsStatus("db-rw", List.of(), Optional.empty()));
            cluster.endpoints.missed("away");
        }
        assertThat(entries)
                .containsExactly(
                        new Entry.RouteSeen(0, "db-rw", List.of("db-1")),
                        new Entry.LockSeen(0, "db", "db-1", Duration.ofSeconds(20)),
                        new Entry.LockSeen(5_000_000, "db", "db-1", Duration.ofSeconds(20)),
                        new Entry.RouteSeen(5_000_000, "db-rw", List.of()),
                        new Entry.Trouble(5_000_000, "endpoints watch", "away"));
        assertThat(cluster.endpoints).isNull();
    }

    @Test
    void keepsLogsOfBeforeARestartToo(@TempDir Path folder) throws Exception {
        cluster.pod("api-1", "node-1", Map.of());
        cluster.node("node-1", true);
        cluster.logs.putAll(Map.of("api-1", "serving", "api-1 previous", "panic"));

        for (var evidence : ClusterEvidence.of(cluster, new FakeMachines("node-1"), "aeterna")) {
            evidence.collect(folder);
        }

        assertThat(folder.resolve("logs/api-1.log")).hasContent("serving");
        assertThat(folder.resolve("logs/api-1.previous.log")).hasContent("panic");
        assertThat(folder.resolve("pods.txt")).content().contains("api-1 on node-1: Running, ready");
        assertThat(List.of("events.txt", "nodes.txt", "machines.txt"))
                .allSatisfy(name -> assertThat(folder.resolve(name)).exists());
    }

    @Test
    void keepsTheLogOfAPodThatIsGoneAndOfNoOther(@TempDir Path folder) throws Exception {
        var gone = cluster.pod("api-1", "node-1", Map.of());
        cluster.pod("api-2", "node-2", Map.of());
        cluster.logs.putAll(Map.of("api-1", "started\n", "api-2", "started\n"));
        var words = new LastWords(cluster, "aeterna", time);
        try (var watch = words.watch(entry -> {})) {
            time.pass(Duration.ofMillis(1));
            cluster.followers.get("api-1").accept("the last word\n".getBytes(UTF_8));
            cluster.pods.remove("api-1");
            cluster.listener.gone(gone);
            words.collect(folder);
        }

        assertThat(folder.resolve("logs/api-1.api-1-1.log")).hasContent("started\nthe last word\n");
        assertThat(folder.resolve("logs")).isDirectoryNotContaining("glob:**api-2*");
        assertThat(cluster.followers).isEmpty();
    }

    @Test
    void keepsTheLogOfBeforeEveryRestart(@TempDir Path folder) throws Exception {
        cluster.pod("api-1", "node-1", Map.of());
        cluster.logs.put("api-1", "first\n");
        var words = new LastWords(cluster, "aeterna", time);
        try (var watch = words.watch(entry -> {})) {
            for (var restarts = 0; restarts < 3; restarts++) {
                cluster.change("api-1", true, false, "api-1-1", restarts);
                cluster.logs.put("api-1", "life " + restarts + "\n");
                cluster.listener.seen(cluster.pods.get("api-1"));
                time.pass(Duration.ofMillis(1));
            }
            words.collect(folder);
        }

        assertThat(folder.resolve("logs/api-1.api-1-1.log")).hasContent("life 0\n");
        assertThat(folder.resolve("logs/api-1.api-1-1-1.log")).hasContent("life 1\n");
        // The third life goes on: its log is to be had like any other.
        assertThat(folder.resolve("logs/api-1.api-1-1-2.log")).doesNotExist();
    }

    @Test
    void aTalkativePodFillsNeitherMemoryNorDisk(@TempDir Path folder) throws Exception {
        var gone = cluster.pod("api-1", "node-1", Map.of());
        var words = new LastWords(cluster, "aeterna", time);
        try (var watch = words.watch(entry -> {})) {
            time.pass(Duration.ofMillis(1));
            for (var line = 0; line < 100_000; line++) {
                cluster.followers.get("api-1").accept(("line " + line + "\n").getBytes(UTF_8));
            }
            cluster.pods.remove("api-1");
            cluster.listener.gone(gone);
            words.collect(folder);
        }

        var log = folder.resolve("logs/api-1.api-1-1.log");
        assertThat(log).content().matches("(?s)\\(\\d+ bytes before this are not kept\\)\nline \\d+\n.*line 99999\n");
        assertThat(log.toFile().length()).isBetween(250_000L, 263_000L);
    }

    @Test
    void writesDownWhoLeadsAndEveryChangeOfIt() {
        var entries = new ArrayList<Entry>();
        var roles = new TreeMap<>(Map.of("pg-1", "primary", "pg-2", "replica"));
        try (var watch = new RoleWatch("postgres", () -> roles, time).watch(entries::add)) {
            time.pass(Duration.ofSeconds(3));
            roles.remove("pg-1");
            roles.put("pg-2", "primary");
            time.pass(Duration.ofSeconds(3));
        }
        roles.put("pg-2", "replica");
        time.pass(Duration.ofSeconds(3));

        assertThat(entries)
                .containsExactly(
                        new Entry.Observed(0, "role", "pg-1", "postgres: primary"),
                        new Entry.Observed(0, "role", "pg-2", "postgres: replica"),
                        new Entry.Observed(4_000_000_000L, "role", "pg-1", "postgres: no role, was primary"),
                        new Entry.Observed(4_000_000_000L, "role", "pg-2", "postgres: primary, was replica"));
    }

    @Test
    void rolesThatCannotBeSeenAreTroubleOnceAndChangeNothing() {
        var entries = new ArrayList<Entry>();
        var hung = new AtomicBoolean(true);
        try (var watch = new RoleWatch(
                        "postgres",
                        () -> {
                            if (hung.get()) {
                                throw FakeTime.hanging();
                            }
                            return Map.of("pg-1", "primary");
                        },
                        time)
                .watch(entries::add)) {
            time.pass(Duration.ofSeconds(20));
            hung.set(false);
            time.pass(Duration.ofSeconds(7));
        }

        assertThat(entries)
                .hasSize(2)
                .first()
                .isEqualTo(new Entry.Trouble(5_000_000_000L, "roles of postgres", "no answer in time"));
        assertThat(entries.get(1)).isInstanceOf(Entry.Observed.class);
    }
}
