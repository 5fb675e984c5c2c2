package aeterna.chaos.cluster;

import aeterna.chaos.model.Degradation;
import java.util.Collection;
import java.util.List;

/**
 * What becomes of packets on their way out of and into machines and pods. Every act has a tag of its own, by which it is
 * taken back. Thread-safe.
 *
 * <p>All methods throw {@link aeterna.chaos.model.Problem} when a place is not there or its kernel refuses.
 */
public interface Traffic {
    /** Drops every packet of those flows without a word to anybody. */
    void block(String tag, Collection<Flow> flows);

    /** Lets the packets of those flows pass, but worse; the flows must be outgoing ones of nodes. */
    void degrade(String tag, Collection<Flow> flows, Degradation how);

    /** By which means of this kernel it would be degraded, such as {@code netem}, in the report's words. */
    String means(Degradation how);

    /** Takes back everything of that tag, in all machines and pods; nothing there is fine. */
    void clear(String tag);

    /** The acts that are in the kernels now, with what they have counted. */
    List<TrafficCount> look();
}
