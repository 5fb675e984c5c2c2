package aeterna.chaos.observe;

import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.ClusterEvent;
import aeterna.chaos.cluster.Machines;
import aeterna.chaos.model.Evidence;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** What is kept of the cluster when a run is over: each a file of its own in the scenario's folder. */
public final class ClusterEvidence {
    /** Enough for a run of some minutes; more would fill the report rather than the reader. */
    private static final int LOG_LINES = 2000;

    private ClusterEvidence() {}

    /** All there is. */
    public static List<Evidence> of(Cluster cluster, Machines machines, String namespace) {
        return List.of(
                Evidence.named("the cluster's events", folder -> events(cluster, namespace, folder)),
                Evidence.named("the pods' logs", folder -> logs(cluster, namespace, folder)),
                Evidence.named("the nodes' states", folder -> nodes(cluster, folder)),
                Evidence.named("the machines' states", folder -> machines(machines, folder)));
    }

    private static void events(Cluster cluster, String namespace, Path folder) throws Exception {
        write(
                folder.resolve("events.txt"),
                cluster.events(namespace).stream().map(ClusterEvent::toString).toList());
    }

    private static void logs(Cluster cluster, String namespace, Path folder) throws Exception {
        var logs = Files.createDirectories(folder.resolve("logs"));
        var pods = cluster.pods().stream()
                .filter(pod -> pod.namespace().equals(namespace))
                .toList();
        write(
                folder.resolve("pods.txt"),
                pods.stream()
                        .map(pod -> pod.name() + " on " + pod.node() + ": " + pod.phase()
                                + (pod.ready() ? ", ready" : ", not ready") + (pod.terminating() ? ", terminating" : "")
                                + ", " + pod.restarts() + " restarts, uid " + pod.uid()
                                + (pod.trouble().isEmpty() ? "" : ", " + pod.trouble()))
                        .toList());
        for (var pod : pods) {
            Files.writeString(logs.resolve(pod.name() + ".log"), cluster.log(namespace, pod.name(), false, LOG_LINES));
            var previous = cluster.log(namespace, pod.name(), true, LOG_LINES);
            if (!previous.isBlank()) {
                Files.writeString(logs.resolve(pod.name() + ".previous.log"), previous);
            }
        }
    }

    private static void nodes(Cluster cluster, Path folder) throws Exception {
        write(
                folder.resolve("nodes.txt"),
                cluster.nodes().stream()
                        .map(node -> node.name() + " " + node.address()
                                + (node.ready() ? " ready" : " not ready: " + node.reason()) + ", uid " + node.uid()
                                + ", " + node.labels())
                        .toList());
    }

    private static void machines(Machines machines, Path folder) throws Exception {
        write(
                folder.resolve("machines.txt"),
                machines.all().stream()
                        .map(machine -> machine.node() + " " + machine.address() + " " + machine.power() + " "
                                + machine.network())
                        .toList());
    }

    private static void write(Path file, List<String> lines) throws Exception {
        Files.writeString(file, lines.stream().map(line -> line + "\n").collect(Collectors.joining()));
    }
}
