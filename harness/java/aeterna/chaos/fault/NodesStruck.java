package aeterna.chaos.fault;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Undo;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** How a fault on whole machines is aimed: the same act for all of them together, and one way to see on which it shows. */
final class NodesStruck {
    private NodesStruck() {}

    /**
     * The aimed fault.
     *
     * @param undo the step back
     * @param act returns its skew
     * @param seen the nodes on which the damage shows
     */
    static Aimed aim(
            Object fault,
            Testbed testbed,
            NavigableSet<String> nodes,
            Undo undo,
            Function<Collection<String>, Duration> act,
            Function<Testbed, Evidence> seen) {
        var skew = new AtomicReference<>(Duration.ZERO);
        Hit hit = Machinery.hit(testbed, nodes);
        return new Plan(new Injected(hit, List.of(undo)), () -> sight(seen.apply(testbed), nodes, skew.get()), () -> {
            skew.set(act.apply(nodes));
            Machinery.demandTogether(fault, nodes, skew.get());
        });
    }

    private static Sighting sight(Evidence evidence, NavigableSet<String> nodes, Duration skew) {
        var words = evidence.words() + (evidence.nodes().isEmpty() ? "" : Machinery.apart(nodes, skew));
        return Struck.compare(nodes, evidence.nodes(), words);
    }

    /**
     * What was seen.
     *
     * @param nodes on which nodes the damage shows
     * @param words the evidence
     */
    record Evidence(Collection<String> nodes, String words) {}
}
