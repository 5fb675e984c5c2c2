package aeterna.chaos.cluster;

import java.util.Map;

/**
 * A pod as the API server sees it.
 *
 * @param namespace its namespace
 * @param name its name
 * @param node the node it is bound to; empty while pending
 * @param phase Pending, Running, Succeeded, Failed or Unknown
 * @param ready true when its Ready condition is True
 * @param terminating true once its deletion was asked for
 * @param uid changes when the pod was made anew
 * @param restarts restarts of all its containers together
 * @param address its pod address; empty when it has none
 * @param labels its labels
 * @param owner what replaces it when it is gone, as {@code kind/name}; empty for a bare pod
 * @param trouble why it is not Ready, as far as it says so itself; empty when it is, or does not say
 */
public record PodStatus(
        String namespace,
        String name,
        String node,
        String phase,
        boolean ready,
        boolean terminating,
        String uid,
        int restarts,
        String address,
        Map<String, String> labels,
        String owner,
        String trouble) {
    public PodStatus {
        labels = Map.copyOf(labels);
    }

    /** The name of the Deployment or StatefulSet that it belongs to, or of whatever else replaces it; empty for a bare pod. */
    public String workload() {
        var name = owner.substring(owner.indexOf('/') + 1);
        // A Deployment owns its pods through a ReplicaSet, named after it and a hash.
        return owner.startsWith("ReplicaSet/") ? name.substring(0, Math.max(0, name.lastIndexOf('-'))) : name;
    }

    /** {@code namespace/name}. */
    public String id() {
        return namespace + "/" + name;
    }
}
