package aeterna.chaos.model;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Zones and nodes: the shape of a testbed.
 *
 * @param name the file it came from without its ending, such as {@code three-zones}
 * @param apiPort the Kubernetes API's port on 127.0.0.1, 1 to 65535
 * @param nodes the control plane first, then the workers in the order of the file
 * @param ports further ports published on 127.0.0.1
 */
public record Topology(String name, int apiPort, List<Node> nodes, List<PortMapping> ports) {
    /**
     * @throws IllegalArgumentException unless there is exactly one control plane (first) and at least one worker, and names differ
     */
    public Topology {
        nodes = List.copyOf(nodes);
        ports = List.copyOf(ports);
        if (nodes.isEmpty() || nodes.get(0).role() != Node.Role.CONTROL_PLANE) {
            throw new IllegalArgumentException("a topology starts with its control plane");
        }
        if (nodes.stream()
                        .filter(node -> node.role() == Node.Role.CONTROL_PLANE)
                        .count()
                != 1) {
            throw new IllegalArgumentException("a topology has exactly one control plane");
        }
        if (nodes.size() < 2) {
            throw new IllegalArgumentException("a topology has at least one worker");
        }
        if (nodes.stream().map(Node::name).distinct().count() != nodes.size()) {
            throw new IllegalArgumentException("two nodes of the topology have the same name");
        }
    }

    /** The one node that is never broken. */
    public Node controlPlane() {
        return nodes.get(0);
    }

    /** The nodes that may be broken, in the order of the file. */
    public List<Node> workers() {
        return nodes.subList(1, nodes.size());
    }

    /** Every zone that has a node, by name. */
    public SortedSet<Zone> zones() {
        return nodes.stream().flatMap(node -> node.zone().stream()).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The nodes in a zone, in the order of the file; empty for a zone that is not in the topology. */
    public List<Node> nodesIn(Zone zone) {
        return nodes.stream()
                .filter(node -> node.zone().filter(zone::equals).isPresent())
                .toList();
    }

    /** The node of that name. */
    public Node node(String nodeName) {
        return nodes.stream()
                .filter(node -> node.name().equals(nodeName))
                .findFirst()
                .orElseThrow(() -> new Problem(
                        "there is no node '" + nodeName + "' in the topology " + name,
                        "Name one of " + nodes.stream().map(Node::name).collect(Collectors.joining(", ")) + "."));
    }
}
