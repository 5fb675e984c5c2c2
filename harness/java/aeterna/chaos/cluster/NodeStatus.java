package aeterna.chaos.cluster;

import java.util.Map;

/**
 * A node as the API server sees it.
 *
 * @param name the node's name
 * @param ready true when its Ready condition is True; Unknown and False are false
 * @param reason the Ready condition's reason, such as {@code KubeletReady} or {@code NodeStatusUnknown}
 * @param address its internal address
 * @param uid changes when the node object was made anew
 * @param labels its labels
 * @param cordoned true when it takes no new pods
 * @param podRange the IPv4 network of its pods, such as {@code 10.42.1.0/24}; empty while it has none
 */
public record NodeStatus(
        String name,
        boolean ready,
        String reason,
        String address,
        String uid,
        Map<String, String> labels,
        boolean cordoned,
        String podRange) {
    public NodeStatus {
        labels = Map.copyOf(labels);
    }
}
