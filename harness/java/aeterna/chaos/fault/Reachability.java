package aeterna.chaos.fault;

import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Prober;
import aeterna.chaos.cluster.Prober.Attempt;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Who can reach whom, tried from inside: every point connects to every other one, and any answer counts, a refusal too, for
 * it has travelled there and back.
 *
 * @param points by name
 */
record Reachability(Testbed testbed, SortedMap<String, Point> points) {
    /** Every kubelet listens here, on every node of every distribution. */
    static final int KUBELET = 10_250;

    /** Nobody has to listen: a kernel that can be reached says so itself. */
    private static final int CLOSED = 1;

    /**
     * Somebody who can be reached and can try to reach others.
     *
     * @param place where
     * @param address its address
     * @param port to connect to
     */
    record Point(Place place, String address, int port) {}

    /** A pair of points, from the first to the second. */
    record Pair(String from, String to) implements Comparable<Pair> {
        @Override
        public int compareTo(Pair other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return from + " → " + to;
        }
    }

    /** Between all nodes of the testbed. */
    static Reachability ofNodes(Testbed testbed) {
        return of(testbed, testbed.cluster().nodes(), List.of());
    }

    /** Between those nodes and pods. */
    static Reachability of(Testbed testbed, Collection<NodeStatus> nodes, Collection<PodStatus> pods) {
        var points = new TreeMap<String, Point>();
        nodes.forEach(node -> points.put(node.name(), new Point(Place.of(node.name()), node.address(), KUBELET)));
        pods.forEach(pod -> points.put(pod.id(), new Point(Machinery.place(pod), pod.address(), CLOSED)));
        return new Reachability(testbed, points);
    }

    /** How each pair got on, all tried at the same moment. */
    Map<Pair, Prober.Contact> look() {
        var pairs = new ArrayList<Pair>();
        var attempts = new ArrayList<Attempt>();
        for (var from : points.keySet()) {
            for (var to : points.keySet()) {
                if (!from.equals(to)) {
                    pairs.add(new Pair(from, to));
                    attempts.add(Attempt.connect(
                            points.get(from).place(),
                            points.get(to).address(),
                            points.get(to).port()));
                }
            }
        }
        var contacts = testbed.prober().reach(attempts);
        var results = new TreeMap<Pair, Prober.Contact>();
        for (int i = 0; i < pairs.size(); i++) {
            results.put(pairs.get(i), contacts.get(i));
        }
        return results;
    }

    /** The pairs between which nothing came back. */
    static SortedSet<Pair> dark(Map<Pair, Prober.Contact> contacts) {
        return contacts.entrySet().stream()
                .filter(pair -> !pair.getValue().answered())
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The slowest answer that came back between those pairs; zero when none did. */
    static Duration slowest(Map<Pair, Prober.Contact> contacts, Collection<Pair> pairs) {
        return pairs.stream()
                .map(contacts::get)
                .filter(contact -> contact != null && contact.answered())
                .map(Prober.Contact::took)
                .reduce(Duration.ZERO, (one, other) -> one.compareTo(other) > 0 ? one : other);
    }
}
