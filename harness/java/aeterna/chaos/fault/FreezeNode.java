package aeterna.chaos.fault;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Undo;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * All processes of a node, or of every node of a zone, stop and keep their memory and connections. Their kernel goes on: it
 * still accepts connections that nobody will ever answer.
 */
public final class FreezeNode implements HeldFault {
    private final Target target;

    private FreezeNode(Target target) {
        this.target = target;
    }

    /** That node, all nodes of that zone, or the nodes of those pods. */
    public static FreezeNode of(Target target) {
        return new FreezeNode(target);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.MACHINE_FREEZE, Capability.POD_PROCESSES);
    }

    @Override
    public Optional<Floor> floor() {
        return target.floor(Loss.SILENT);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var nodes = Machinery.nodes(testbed, target, chance);
        return NodesStruck.aim(
                this, testbed, nodes, new Undo.Thaw(nodes), testbed.machines()::freeze, FreezeNode::frozen);
    }

    /** By the state of every process on them, as the host's kernel has it. */
    private static NodesStruck.Evidence frozen(Testbed testbed) {
        var frozen = testbed.podProcesses().look().entrySet().stream()
                .filter(node -> node.getValue().all().frozen())
                .map(Map.Entry::getKey)
                .toList();
        return new NodesStruck.Evidence(frozen, "every process stands still on " + Struck.some(frozen));
    }

    @Override
    public String toString() {
        return "freeze " + target;
    }
}
