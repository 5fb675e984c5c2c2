package aeterna.chaos.observe;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.FakeCluster;
import aeterna.chaos.fakes.FakeMachines;
import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.model.Entry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
}
