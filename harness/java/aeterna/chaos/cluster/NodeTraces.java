package aeterna.chaos.cluster;

import aeterna.chaos.model.Trace;
import java.util.List;

/** What faults left in the nodes: in their kernels, control groups and volumes. Thread-safe. */
@FunctionalInterface
public interface NodeTraces {
    /**
     * Looks at every node that runs, and for helper containers that nobody waits for.
     *
     * @throws aeterna.chaos.model.Problem when a node cannot be looked into: that is no "nothing found"
     */
    List<Trace> look();
}
