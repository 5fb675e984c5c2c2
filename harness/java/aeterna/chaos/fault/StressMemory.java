package aeterna.chaos.fault;

import aeterna.chaos.cluster.NodeLoad;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Undo;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Memory of a node is in use. Refused when the machine below would run short of it. */
public final class StressMemory implements HeldFault {
    /** What the machine below must have left for everybody else. */
    private static final long SPARE = 2L << 30;

    private final Target target;
    private final int mebibytes;

    private StressMemory(Target target, int mebibytes) {
        this.target = target;
        this.mebibytes = mebibytes;
    }

    /**
     * That node, all nodes of that zone, or the nodes of those pods.
     *
     * @param mebibytes how much on each of them, 64 to 65536
     * @throws IllegalArgumentException when it is out of its range
     */
    public static StressMemory of(Target target, int mebibytes) {
        if (mebibytes < 64 || mebibytes > 65_536) {
            throw new IllegalArgumentException("memory stress takes 64 to 65536 MiB");
        }
        return new StressMemory(target, mebibytes);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.STRAIN);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var nodes = Machinery.nodes(testbed, target, chance);
        var tag = Tag.draw(chance);
        var before = testbed.strain().look();
        var free = before.values().stream().mapToLong(NodeLoad::freeBytes).min().orElse(0);
        var wanted = ((long) mebibytes << 20) * nodes.size();
        if (free < wanted + SPARE) {
            throw new Problem(
                    this + " would take " + (wanted >> 20) + " MiB of the " + (free >> 20)
                            + " MiB that the machine has left",
                    "Take less: " + (SPARE >> 20) + " MiB must stay for everybody else.");
        }
        return new Plan(
                new Injected(Machinery.hit(testbed, nodes), List.of(new Undo.EndStrain(tag, nodes))),
                () -> sight(testbed, nodes, before),
                () -> testbed.strain().hoard(tag, nodes, mebibytes));
    }

    /** By the memory that the kernel counts for each node, four fifths of it at least: nodes use less or more by themselves. */
    private Sighting sight(Testbed testbed, Set<String> nodes, Map<String, NodeLoad> before) {
        var least = ((long) mebibytes << 20) * 4 / 5;
        var fuller = testbed.strain().look().entrySet().stream()
                .filter(node -> before.containsKey(node.getKey()))
                .filter(node -> node.getValue().memoryBytes()
                                - before.get(node.getKey()).memoryBytes()
                        >= least)
                .map(Map.Entry::getKey)
                .toList();
        return Struck.compare(
                nodes, fuller, "at least " + (least >> 20) + " MiB more are in use on " + Struck.some(fuller));
    }

    @Override
    public String toString() {
        return "stress the memory of " + target + ": " + mebibytes + " MiB";
    }
}
