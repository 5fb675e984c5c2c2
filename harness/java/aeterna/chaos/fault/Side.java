package aeterna.chaos.fault;

import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Place;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * One side of something between two: nodes with everything on them, or single pods.
 *
 * @param nodes empty when the side is of pods
 * @param pods empty when the side is of nodes
 */
record Side(List<NodeStatus> nodes, List<PodStatus> pods) {
    /** Whoever that target is: nodes if it names nodes or zones, else its pods. */
    static Side of(Testbed testbed, Target target, RandomGenerator chance) {
        // Resolved once: a role may pass to somebody else between two looks.
        var hit = target.resolve(chance);
        var same = new Resolved(target, hit);
        if (hit.nodes().isEmpty() && hit.zones().isEmpty()) {
            var pods = Machinery.pods(testbed, same, chance);
            pods.stream().filter(pod -> pod.address().isEmpty()).findFirst().ifPresent(pod -> {
                throw new Problem(pod.id() + " has no address yet", "Run it again once the stack is steady.");
            });
            return new Side(List.of(), pods);
        }
        var names = Machinery.nodes(testbed, same, chance);
        return new Side(
                testbed.cluster().nodes().stream()
                        .filter(node -> names.contains(node.name()))
                        .toList(),
                List.of());
    }

    /** A target of which is known who it is. */
    record Resolved(Target target, Hit hit) implements Target {
        @Override
        public Hit resolve(RandomGenerator chance) {
            return hit;
        }

        @Override
        public String toString() {
            return target.toString();
        }
    }

    /** The names of its points in a matrix of {@link Reachability}. */
    List<String> names() {
        var names = new ArrayList<String>();
        nodes.forEach(node -> names.add(node.name()));
        pods.forEach(pod -> names.add(pod.id()));
        return names;
    }

    /** Where its packets arrive and leave. */
    List<Place> places() {
        var places = new ArrayList<Place>();
        nodes.forEach(node -> places.add(Place.of(node.name())));
        pods.forEach(pod -> places.add(Machinery.place(pod)));
        return places;
    }

    /** The IPv4 networks that its packets come from: a node's own address, and those of its pods. */
    List<String> networks() {
        var networks = new ArrayList<String>();
        for (var node : nodes) {
            networks.add(node.address() + "/32");
            if (!node.podRange().isEmpty()) {
                networks.add(node.podRange());
            }
        }
        pods.forEach(pod -> networks.add(pod.address() + "/32"));
        return networks;
    }

    /** Both of them as who is hit; throws a problem when somebody is on both sides. */
    static Hit hit(Testbed testbed, Side one, Side other) {
        var shared = new TreeSet<>(one.names());
        shared.retainAll(other.names());
        if (!shared.isEmpty()) {
            throw new Problem(
                    Struck.some(shared) + " would be on both sides", "Name two sides that have nobody in common.");
        }
        var nodes = new ArrayList<String>();
        var pods = new ArrayList<String>();
        for (var side : List.of(one, other)) {
            side.nodes().forEach(node -> nodes.add(node.name()));
            pods.addAll(Machinery.ids(side.pods()));
        }
        var zones = Machinery.hit(testbed, nodes).zones();
        return Hit.of(pods, nodes, zones);
    }
}
