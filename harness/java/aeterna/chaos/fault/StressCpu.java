package aeterna.chaos.fault;

import aeterna.chaos.cluster.NodeLoad;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Undo;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/**
 * A node has to make do with little processor time, and threads that never rest compete for it. The limit is what keeps the
 * machine below, and so the other nodes, out of it.
 */
public final class StressCpu implements HeldFault {
    private final Target target;
    private final int threads;
    private final int millicores;

    private StressCpu(Target target, int threads, int millicores) {
        this.target = target;
        this.threads = threads;
        this.millicores = millicores;
    }

    /**
     * That node, all nodes of that zone, or the nodes of those pods.
     *
     * @param threads how many never rest, 1 to 64
     * @param millicores what the node may use in all, in thousandths of a processor, 50 to 64000
     * @throws IllegalArgumentException when a number is out of its range
     */
    public static StressCpu of(Target target, int threads, int millicores) {
        if (threads < 1 || threads > 64 || millicores < 50 || millicores > 64_000) {
            throw new IllegalArgumentException("processor stress takes 1 to 64 threads and 50 to 64000 millicores");
        }
        return new StressCpu(target, threads, millicores);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.STRAIN);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var nodes = Machinery.nodes(testbed, target, chance);
        var tag = Tag.draw(chance);
        var last = new AtomicReference<>(testbed.strain().look());
        return new Plan(
                new Injected(Machinery.hit(testbed, nodes), List.of(new Undo.EndStrain(tag, nodes))),
                () -> sight(testbed, nodes, last),
                () -> testbed.strain().burn(tag, nodes, threads, millicores));
    }

    /** By the time for which the kernel has kept a node's threads waiting since the last look. */
    private static Sighting sight(Testbed testbed, Set<String> nodes, AtomicReference<Map<String, NodeLoad>> last) {
        var now = testbed.strain().look();
        var before = last.getAndSet(now);
        var starving = now.entrySet().stream()
                .filter(node -> before.containsKey(node.getKey()))
                .filter(node -> node.getValue().millicores() > 0)
                .filter(node -> node.getValue()
                                .throttled()
                                .compareTo(before.get(node.getKey()).throttled())
                        > 0)
                .map(Map.Entry::getKey)
                .toList();
        return Struck.compare(nodes, starving, "threads are kept waiting on " + Struck.some(starving));
    }

    @Override
    public String toString() {
        return "stress the processor of " + target + ": " + threads + " threads, " + millicores + " millicores for all";
    }
}
