package aeterna.chaos.fault;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Undo;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * A node, or every node of a zone, is cut off: its cable is out, and it reaches nobody, not even its neighbours in the
 * zone. Whoever runs on it goes on and believes what it believes.
 */
public final class IsolateNode implements HeldFault {
    private final Target target;

    private IsolateNode(Target target) {
        this.target = target;
    }

    /** That node, all nodes of that zone, or the nodes of those pods. */
    public static IsolateNode of(Target target) {
        return new IsolateNode(target);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.MACHINE_NETWORK, Capability.TRAFFIC);
    }

    @Override
    public Optional<Floor> floor() {
        return target.floor(Loss.SILENT);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var nodes = Machinery.nodes(testbed, target, chance);
        var matrix = Reachability.ofNodes(testbed);
        return NodesStruck.aim(
                this,
                testbed,
                nodes,
                new Undo.Reconnect(nodes),
                testbed.machines()::cutOff,
                ignored -> unreachable(matrix));
    }

    /** By a matrix of connections tried from inside every node: a node is cut off when no other one gets through to it. */
    private static NodesStruck.Evidence unreachable(Reachability matrix) {
        var contacts = matrix.look();
        var dark = Reachability.dark(contacts);
        var cutOff = matrix.points().keySet().stream()
                .filter(node -> matrix.points().keySet().stream()
                        .filter(other -> !other.equals(node))
                        .allMatch(other -> dark.contains(new Reachability.Pair(other, node))))
                .collect(Collectors.toList());
        return new NodesStruck.Evidence(
                cutOff,
                "nobody gets through to " + Struck.some(cutOff) + "; " + dark.size() + " of " + contacts.size()
                        + " ways between nodes are dark");
    }

    @Override
    public String toString() {
        return "isolate " + target;
    }
}
