package aeterna.chaos.fakes;

import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.Machines;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Topology;
import java.nio.file.Path;
import java.util.Set;

/** A testbed without a cluster. */
public record FakeTestbed(Machines machines, Set<Capability> capabilities) implements Testbed {
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
        throw new UnsupportedOperationException();
    }

    @Override
    public Cluster cluster() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path kubeconfig() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
