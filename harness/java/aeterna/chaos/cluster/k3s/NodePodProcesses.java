package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.NodeProcesses;
import aeterna.chaos.cluster.NodeProcesses.Tally;
import aeterna.chaos.cluster.PodProcesses;
import aeterna.chaos.model.Place;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Processes of nodes that are containers: found by the ids of container and pod in their control groups' paths, which every
 * engine, kubelet and container runtime writes there. Nothing inside the node's image is relied upon. Thread-safe.
 */
final class NodePodProcesses implements PodProcesses {
    private final Netops netops;

    NodePodProcesses(Netops netops) {
        this.netops = netops;
    }

    @Override
    public Map<String, NodeProcesses> look() {
        var nodes = netops.nodes();
        var reports = netops.run(Stream.concat(Stream.of("processes"), Netops.named(nodes.values().stream()))).stream()
                .collect(Collectors.toMap(report -> report.get("container").asString(), Function.identity()));
        var seen = new TreeMap<String, NodeProcesses>();
        nodes.forEach((node, container) -> seen.put(node, processes(reports.get(container))));
        return seen;
    }

    private static NodeProcesses processes(JsonNode report) {
        return new NodeProcesses(
                tally(report.get("node")), tallies(report.get("pods")), tallies(report.get("members")));
    }

    private static Map<String, Tally> tallies(JsonNode named) {
        return named.properties().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> tally(entry.getValue())));
    }

    private static Tally tally(JsonNode tally) {
        return new Tally(tally.get("processes").asInt(), tally.get("held").asInt());
    }

    @Override
    public void kill(String node, String podUid) {
        act("kill", new Place(node, podUid), Stream.empty());
    }

    @Override
    public void killContainer(Place pod, String container) {
        act("kill", pod, Stream.of("--member", container));
    }

    @Override
    public void freeze(Place pod) {
        act("freeze", pod, Stream.empty());
    }

    @Override
    public void thaw(Place pod) {
        act("thaw", pod, Stream.empty());
    }

    private void act(String verb, Place pod, Stream<String> more) {
        var container = Netops.container(netops.nodes(), pod.node());
        netops.run(Stream.concat(Stream.of("pod", verb, "--container", container, "--pod", pod.podUid()), more));
    }
}
