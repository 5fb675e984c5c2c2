package aeterna.chaos.fakes;

import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.Machines;
import aeterna.chaos.cluster.NodeTraces;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Topology;
import aeterna.chaos.model.Zone;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A testbed without a cluster.
 *
 * @param strange why it is not ours; empty when it is
 */
public record FakeTestbed(Machines machines, Set<Capability> capabilities, Supplier<String> strange)
        implements Testbed {
    /** One that is ours. */
    public FakeTestbed(Machines machines, Set<Capability> capabilities) {
        this(machines, capabilities, () -> "");
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public String provider() {
        return "fake";
    }

    @Override
    public Topology topology() {
        var nodes = new ArrayList<Node>();
        nodes.add(new Node("node-0", Node.Role.CONTROL_PLANE, Map.of(), List.of()));
        machines.all()
                .forEach(machine ->
                        nodes.add(new Node(machine.node(), Node.Role.WORKER, Map.of(Zone.LABEL, "zone-a"), List.of())));
        return new Topology("fake", 6443, nodes, List.of());
    }

    @Override
    public Cluster cluster() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void demandOurs() {
        if (!strange.get().isEmpty()) {
            throw new Problem(strange.get(), "Nothing was touched.");
        }
    }

    @Override
    public NodeTraces nodeTraces() {
        return List::of;
    }

    @Override
    public Path kubeconfig() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
