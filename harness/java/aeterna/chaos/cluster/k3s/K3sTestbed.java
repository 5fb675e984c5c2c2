package aeterna.chaos.cluster.k3s;

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
import aeterna.chaos.model.Image;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.model.Topology;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A testbed whose nodes are containers. */
record K3sTestbed(
        String name,
        Engine engine,
        Optional<Identity> identity,
        Topology topology,
        Cluster cluster,
        Machines machines,
        PodProcesses podProcesses,
        Traffic traffic,
        Prober prober,
        Strain strain,
        Volumes volumes,
        NodeTraces nodeTraces,
        Netops netops,
        RegistryMirror registry,
        Path kubeconfig)
        implements Testbed {
    @Override
    public String provider() {
        return K3sProvider.NAME;
    }

    @Override
    public void provide(Collection<Image> images, Progress progress) {
        registry.fill(images, progress);
    }

    @Override
    public void demandOurs() {
        var known = identity.orElseThrow(() -> new Problem(
                "the testbed " + name + " is half made: whoever made it did not come to the end",
                "Make it anew with `./chaos up`."));
        known.demandSame(cluster, machines.all());
    }

    @Override
    public void removeStrays() {
        engine.strays(name).forEach(stray -> engine.remove(stray.getId()));
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(
                Capability.MACHINE_POWER,
                Capability.MACHINE_FREEZE,
                Capability.MACHINE_NETWORK,
                Capability.POD_PROCESSES,
                Capability.TRAFFIC,
                Capability.STRAIN,
                Capability.VOLUMES);
    }

    @Override
    public void close() {
        cluster.close();
        netops.close();
    }
}
