package aeterna.chaos.fault;

import aeterna.chaos.cluster.Flow;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.cluster.TrafficCount;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Undo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Packets between two sides are dropped without a word, in both directions or in one; each side still reaches everybody
 * else. A side is nodes with everything on them, a zone, or single pods. In one direction, a connection cannot be made
 * either way, for it takes both; what differs is who believes what.
 */
public final class Partition implements HeldFault {
    private final Target one;
    private final Target other;
    private final boolean bothWays;

    private Partition(Target one, Target other, boolean bothWays) {
        this.one = one;
        this.other = other;
        this.bothWays = bothWays;
    }

    /** Neither side hears the other. */
    public static Partition between(Target one, Target other) {
        return new Partition(one, other, true);
    }

    /** What the first side sends does not arrive at the second; the second's packets still arrive at the first. */
    public static Partition from(Target sender, Target receiver) {
        return new Partition(sender, receiver, false);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.TRAFFIC);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var sender = Side.of(testbed, one, chance);
        var receiver = Side.of(testbed, other, chance);
        var tag = Tag.draw(chance);
        var hit = Side.hit(testbed, sender, receiver);
        var flows = new ArrayList<>(flows(sender, receiver));
        if (bothWays) {
            flows.addAll(flows(receiver, sender));
        }
        var pods = new ArrayList<>(sender.pods());
        pods.addAll(receiver.pods());
        // All nodes look on, so that a partition that cuts off more than its sides is seen.
        var matrix = Reachability.of(testbed, testbed.cluster().nodes(), pods);
        return new Plan(
                new Injected(hit, List.of(new Undo.ClearTraffic(tag))),
                () -> sight(testbed, matrix, sender, receiver, tag, flows),
                () -> testbed.traffic().block(tag, flows));
    }

    /** Caught where they arrive: there, the sender's address is the one it has, whatever service it went through. */
    private static List<Flow> flows(Side sender, Side receiver) {
        return receiver.places().stream()
                .flatMap(place -> sender.networks().stream().map(network -> Flow.arriving(place, network)))
                .toList();
    }

    /** By a matrix of connections tried from inside; that one direction alone is blocked, only the kernels can tell. */
    private static Sighting sight(
            Testbed testbed, Reachability matrix, Side one, Side other, String tag, List<Flow> flows) {
        var wanted = new TreeSet<String>();
        for (var a : one.names()) {
            for (var b : other.names()) {
                wanted.add(new Reachability.Pair(a, b).toString());
                wanted.add(new Reachability.Pair(b, a).toString());
            }
        }
        // Dark to others as well are those who are gone altogether: that is somebody else's doing, and shows as such.
        var contacts = matrix.look();
        var dark = Reachability.dark(contacts).stream()
                .map(Reachability.Pair::toString)
                .collect(Collectors.toCollection(TreeSet::new));
        var sighting = Struck.compare(
                wanted, dark, dark.size() + " of " + contacts.size() + " ways are dark: " + Struck.some(dark));
        if (sighting.seen() != Seen.LANDED) {
            return sighting;
        }
        var blocking = testbed.traffic().look().stream()
                .filter(count -> count.tag().equals(tag))
                .map(TrafficCount::at)
                .collect(Collectors.toSet());
        var places = new HashSet<>(flows.stream().map(Flow::at).toList());
        return blocking.equals(places)
                ? sighting
                : new Sighting(
                        Seen.PARTLY, sighting.what() + "; packets are dropped at " + Machinery.inWords(blocking));
    }

    @Override
    public String toString() {
        return bothWays ? "partition " + one + " from " + other : "drop what " + one + " sends to " + other;
    }
}
