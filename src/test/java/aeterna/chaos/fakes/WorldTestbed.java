package aeterna.chaos.fakes;

import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.Machines;
import aeterna.chaos.cluster.NodeTraces;
import aeterna.chaos.cluster.PodProcesses;
import aeterna.chaos.cluster.Prober;
import aeterna.chaos.cluster.Strain;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.cluster.Traffic;
import aeterna.chaos.cluster.Volumes;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Topology;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A testbed that can do everything with a world. */
record WorldTestbed(FakeWorld world) implements Testbed {
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
        return world.topology();
    }

    @Override
    public Cluster cluster() {
        return world;
    }

    @Override
    public Machines machines() {
        return world;
    }

    @Override
    public PodProcesses podProcesses() {
        return world;
    }

    @Override
    public Traffic traffic() {
        return world.traffic();
    }

    @Override
    public Prober prober() {
        return world;
    }

    @Override
    public Strain strain() {
        return world.strain();
    }

    @Override
    public Volumes volumes() {
        return world;
    }

    @Override
    public NodeTraces nodeTraces() {
        return List::of;
    }

    @Override
    public void demandOurs() {}

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public Path kubeconfig() {
        return Path.of("none");
    }

    @Override
    public void close() {}
}
