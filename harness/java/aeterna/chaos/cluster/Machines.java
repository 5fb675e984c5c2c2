package aeterna.chaos.cluster;

import aeterna.chaos.model.Machine;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Power over a testbed's machines.
 *
 * <p>Every act takes several nodes and reaches them together; every way back is idempotent: thawing what is not frozen,
 * switching on what is on and connecting what is connected do nothing. The control plane is refused. Acts return when
 * the engine has carried them out, not when Kubernetes has noticed; what they return is the skew: how long some of the
 * nodes may have been hit and others not yet, zero for a single node. Thread-safe.
 *
 * <p>All methods throw {@link aeterna.chaos.model.Problem} when a node is not in the testbed or the engine is gone.
 */
public interface Machines {
    /** Every machine of the testbed as it is now, in the order of the topology. */
    List<Machine> all();

    /** What all machines together use; one that is off uses nothing. */
    Usage usage();

    /** Stops all processes of the nodes at once, connections and memory staying as they are. */
    Duration freeze(Collection<String> nodes);

    /** Continues frozen nodes. */
    void thaw(Collection<String> nodes);

    /** Switches the nodes off without warning; volumes (and the host's page cache) survive. */
    Duration powerOff(Collection<String> nodes);

    /** Switches nodes on again, with their old addresses. */
    void powerOn(Collection<String> nodes);

    /** Takes the nodes' network away: nothing in, nothing out, no resets. */
    Duration cutOff(Collection<String> nodes);

    /** Gives the nodes' network back. */
    void reconnect(Collection<String> nodes);
}
