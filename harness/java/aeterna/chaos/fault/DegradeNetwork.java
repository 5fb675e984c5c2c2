package aeterna.chaos.fault;

import aeterna.chaos.cluster.Flow;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Degradation;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Undo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** The network between two zones, or two sets of nodes, is slow, lossy or narrow, in both directions. */
public final class DegradeNetwork implements HeldFault {
    private final Target one;
    private final Target other;
    private final Degradation how;

    private DegradeNetwork(Target one, Target other, Degradation how) {
        this.one = one;
        this.other = other;
        this.how = how;
    }

    /** Between those two sides, which name nodes or zones. */
    public static DegradeNetwork between(Target one, Target other, Degradation how) {
        return new DegradeNetwork(one, other, how);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.TRAFFIC);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var near = Side.of(testbed, one, chance);
        var far = Side.of(testbed, other, chance);
        if (near.nodes().isEmpty() || far.nodes().isEmpty()) {
            throw new Problem(
                    this + " names pods",
                    "A network is degraded between nodes or zones: name the nodes of those pods.");
        }
        var tag = Tag.draw(chance);
        var hit = Side.hit(testbed, near, far);
        var flows = new ArrayList<>(flows(near, far));
        flows.addAll(flows(far, near));
        var means = testbed.traffic().means(how);
        var matrix = Reachability.ofNodes(testbed);
        return new Plan(
                new Injected(hit, List.of(new Undo.ClearTraffic(tag))),
                () -> sight(testbed, matrix, near, far, means),
                () -> testbed.traffic().degrade(tag, flows, how));
    }

    /** Caught where they leave: that is where queues are. */
    private static List<Flow> flows(Side from, Side to) {
        return from.places().stream()
                .flatMap(place -> to.networks().stream().map(network -> Flow.leaving(place, network)))
                .toList();
    }

    /** By how long connections between the two take, tried from inside, and by packets that the kernels have counted. */
    private Sighting sight(Testbed testbed, Reachability matrix, Side near, Side far, String means) {
        var between = new TreeSet<Reachability.Pair>();
        for (var a : near.names()) {
            for (var b : far.names()) {
                between.add(new Reachability.Pair(a, b));
                between.add(new Reachability.Pair(b, a));
            }
        }
        var contacts = matrix.look();
        var slowest = Reachability.slowest(contacts, between);
        var counts = testbed.traffic().look();
        var acting = counts.stream()
                .filter(count -> count.packets() > 0)
                .filter(count -> how.kilobitsPerSecond() == 0 || count.shaped())
                .map(count -> count.at().toString())
                .toList();
        var sides = new ArrayList<>(near.names());
        sides.addAll(far.names());
        var sighting = Struck.compare(
                sides,
                acting,
                "by " + means + ": "
                        + counts.stream().mapToLong(count -> count.packets()).sum()
                        + " packets caught at " + Struck.some(acting) + "; the slowest connection between the two took "
                        + slowest.toMillis() + " ms");
        if (sighting.seen() != Seen.LANDED || how.latency().isZero() || lossy()) {
            return sighting;
        }
        var least = how.latency().minus(how.jitter()).multipliedBy(2);
        var fast = between.stream()
                .filter(pair -> contacts.get(pair).answered()
                        && contacts.get(pair).took().compareTo(least) < 0)
                .collect(Collectors.toCollection(TreeSet::new));
        return fast.isEmpty() || least.compareTo(Duration.ofMillis(1)) < 0
                ? sighting
                : new Sighting(Seen.PARTLY, sighting.what() + "; not late: " + fast.size() + " of " + between.size());
    }

    private boolean lossy() {
        return how.lossPercent() > 0;
    }

    @Override
    public String toString() {
        return "degrade the network between " + one + " and " + other + ": " + how;
    }
}
