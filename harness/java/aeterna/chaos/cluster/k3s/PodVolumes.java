package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.Volumes;
import aeterna.chaos.model.Place;
import java.util.stream.Stream;

/** Volumes of pods, seen through the pods' own processes, as they see them. Thread-safe. */
final class PodVolumes implements Volumes {
    private final Netops netops;

    PodVolumes(Netops netops) {
        this.netops = netops;
    }

    @Override
    public Room look(Place pod, String path) {
        var line = netops.run(arguments("state", pod, path)).get(0);
        return new Room(
                line.get("total_bytes").asLong(),
                line.get("free_bytes").asLong(),
                line.get("filler_bytes").asLong(),
                line.get("own").asBoolean());
    }

    @Override
    public void fill(Place pod, String path, long atMostBytes) {
        netops.run(Stream.concat(arguments("fill", pod, path), Stream.of("--at-most", Long.toString(atMostBytes))));
    }

    @Override
    public void empty(Place pod, String path) {
        netops.run(arguments("empty", pod, path));
    }

    private Stream<String> arguments(String verb, Place pod, String path) {
        return Stream.of(
                "disk",
                verb,
                "--container",
                Netops.container(netops.nodes(), pod.node()),
                "--pod",
                pod.podUid(),
                "--path",
                path);
    }
}
