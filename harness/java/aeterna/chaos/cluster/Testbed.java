package aeterna.chaos.cluster;

import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Image;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.model.Topology;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;

/** A cluster we may break: its Kubernetes API and power over its machines. Closing it closes the connections, never the cluster. */
public interface Testbed extends AutoCloseable {
    /** The testbed's name, unique on this machine. */
    String name();

    /** Which provider made it. */
    String provider();

    /** Its zones and nodes. */
    Topology topology();

    /** Its Kubernetes API. */
    Cluster cluster();

    /** Power over its machines. */
    Machines machines();

    /** The processes of its pods, from their machines' side; refused without {@link Capability#POD_PROCESSES}. */
    default PodProcesses podProcesses() {
        throw cannot("look at the processes of pods");
    }

    /** What becomes of packets between its machines and pods; refused without {@link Capability#TRAFFIC}. */
    default Traffic traffic() {
        throw cannot("act on the packets");
    }

    /** Connections tried from inside its machines and pods; refused without {@link Capability#TRAFFIC}. */
    default Prober prober() {
        throw cannot("try connections from inside the machines");
    }

    /** What its machines use; refused without {@link Capability#STRAIN}. */
    default Strain strain() {
        throw cannot("use up what a single machine has");
    }

    /** The volumes of its pods; refused without {@link Capability#VOLUMES}. */
    default Volumes volumes() {
        throw cannot("look into volumes");
    }

    private Problem cannot(String what) {
        return new Problem(
                "nobody can " + what + " on testbed " + name(), "Use a provider whose machines are ours, such as k3s.");
    }

    /** Sees to it that its nodes can pull those images, which are in the local engine or upstream. */
    default void provide(Collection<Image> images, Progress progress) {
        // Where nodes pull everything upstream there is nothing to do.
    }

    /**
     * Refuses unless machines and cluster are the very ones that the harness made, and belong together: before anything is touched.
     *
     * @throws Problem saying what does not agree
     */
    void demandOurs();

    /** What faults left in its nodes. */
    NodeTraces nodeTraces();

    /** Removes helper containers that nobody waits for any more, because the process that started them is gone. */
    default void removeStrays() {
        // Where faults need no helpers, none can be left.
    }

    /** What can be done to it. */
    Set<Capability> capabilities();

    /** A file with which kubectl reaches it from this machine. */
    Path kubeconfig();

    @Override
    void close();
}
