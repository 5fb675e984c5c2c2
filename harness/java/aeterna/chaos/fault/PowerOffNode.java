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
 * A node, or every node of a zone, loses its power, and gets it back when healed. The machine below keeps its page cache:
 * what the node had written and not yet synced is not lost, so nothing about durability follows from it.
 */
public final class PowerOffNode implements HeldFault {
    private final Target target;

    private PowerOffNode(Target target) {
        this.target = target;
    }

    /** That node, all nodes of that zone, or the nodes of those pods. */
    public static PowerOffNode of(Target target) {
        return new PowerOffNode(target);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.MACHINE_POWER, Capability.POD_PROCESSES);
    }

    @Override
    public Optional<Floor> floor() {
        return target.floor(Loss.SILENT);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var nodes = Machinery.nodes(testbed, target, chance);
        return NodesStruck.aim(
                this, testbed, nodes, new Undo.PowerOn(nodes), testbed.machines()::powerOff, PowerOffNode::off);
    }

    /** By their processes, as the host's kernel has them: there are none. */
    private static NodesStruck.Evidence off(Testbed testbed) {
        var off = testbed.podProcesses().look().entrySet().stream()
                .filter(node -> node.getValue().all().processes() == 0)
                .map(Map.Entry::getKey)
                .toList();
        return new NodesStruck.Evidence(off, "not one process left on " + Struck.some(off));
    }

    @Override
    public String toString() {
        return "power off " + target + " (the host's page cache survives)";
    }
}
