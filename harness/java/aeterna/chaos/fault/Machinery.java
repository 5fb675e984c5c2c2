package aeterna.chaos.fault;

import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Place;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Zone;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Who is behind a target: the nodes and pods that a fault acts on. */
final class Machinery {
    /** What is to fail together fails within this time: a quarter of a second passes for "at once" with every timer that there is. */
    static final Duration TOGETHER = Duration.ofMillis(250);

    private Machinery() {}

    /**
     * The nodes behind a target: those it names, all of the zones it names, or those that its pods run on.
     *
     * @throws Problem when there are none, or one of them is the control plane or not whole
     */
    static NavigableSet<String> nodes(Testbed testbed, Target target, RandomGenerator chance) {
        var hit = target.resolve(chance);
        var nodes = new TreeSet<>(hit.nodes());
        for (var zone : hit.zones()) {
            var inZone = testbed.topology().nodesIn(new Zone(zone));
            if (inZone.isEmpty()) {
                throw new Problem(
                        "there is no node in " + zone + " of the topology "
                                + testbed.topology().name(),
                        "Name one of " + testbed.topology().zones() + ".");
            }
            inZone.forEach(node -> nodes.add(node.name()));
        }
        if (nodes.isEmpty() && !hit.pods().isEmpty()) {
            PodsGone.victims(hit.pods(), testbed.cluster().pods(), target).forEach(pod -> nodes.add(pod.node()));
        }
        if (nodes.isEmpty()) {
            throw new Problem(target + " resolves to no node", "Aim at a node, a zone or something that runs in pods.");
        }
        for (var name : nodes) {
            if (testbed.topology().node(name).role() == Node.Role.CONTROL_PLANE) {
                throw new Problem(
                        target + " is " + name + ", the control plane, which is never broken as a machine",
                        "Aim at a worker; the fault for the control plane is the outage of its API.");
            }
        }
        demandWhole(testbed, target, nodes);
        return nodes;
    }

    private static void demandWhole(Testbed testbed, Target target, NavigableSet<String> nodes) {
        testbed.machines().all().stream()
                .filter(machine -> nodes.contains(machine.node()) && !machine.whole())
                .findFirst()
                .ifPresent(machine -> {
                    throw new Problem(
                            target + " is " + machine.node() + ", which is broken already: power " + machine.power()
                                    + ", network " + machine.network(),
                            "Heal it first with `./chaos heal`.");
                });
    }

    /** Nodes, and the zones that they are all of. */
    static Hit hit(Testbed testbed, Collection<String> nodes) {
        var zones = testbed.topology().zones().stream()
                .filter(zone -> testbed.topology().nodesIn(zone).stream()
                        .map(Node::name)
                        .allMatch(nodes::contains))
                .map(Zone::name)
                .toList();
        return Hit.of(List.of(), nodes, zones);
    }

    /** The pods behind a target; throws a problem when there are none, or one of them is not running. */
    static List<PodStatus> pods(Testbed testbed, Target target, RandomGenerator chance) {
        return PodsGone.victims(target.resolve(chance).pods(), testbed.cluster().pods(), target);
    }

    static Place place(PodStatus pod) {
        return new Place(pod.node(), pod.uid());
    }

    static List<String> ids(Collection<PodStatus> pods) {
        return pods.stream().map(PodStatus::id).toList();
    }

    /** Refuses an act that did not reach everybody together. */
    static void demandTogether(Object fault, Collection<String> nodes, Duration skew) {
        if (skew.compareTo(TOGETHER) > 0) {
            throw new Problem(
                    fault + " reached " + String.join(", ", nodes) + " " + skew.toMillis() + " ms apart, more than "
                            + TOGETHER.toMillis(),
                    "That is no failure of all at once; run it again on a machine with less else to do.");
        }
    }

    /** The words for how far apart several nodes were hit. */
    static String apart(Collection<String> nodes, Duration skew) {
        return nodes.size() < 2 ? "" : ", within " + skew.toMillis() + " ms of each other";
    }

    static String inWords(Collection<Place> places) {
        return places.stream().map(Place::toString).collect(Collectors.joining(", "));
    }
}
