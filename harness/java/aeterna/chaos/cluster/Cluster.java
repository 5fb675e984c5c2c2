package aeterna.chaos.cluster;

import java.util.List;

/** The Kubernetes API of a testbed. Thread-safe. */
public interface Cluster extends AutoCloseable {
    /** The nodes as the API server sees them now, by name. */
    List<NodeStatus> nodes();

    /** The pods of all namespaces as the API server sees them now. */
    List<PodStatus> pods();

    /** The API groups that are announced but not served now, such as {@code v1beta1.metrics.k8s.io}. */
    List<String> unavailableApis();

    /**
     * Creates or updates what a manifest holds, by server-side apply.
     *
     * @param manifest YAML, several documents allowed
     */
    void apply(String manifest);

    /** What a command printed, run in a pod's first container; throws {@link aeterna.chaos.model.Problem} when it fails. */
    String exec(String namespace, String pod, String... command);

    /** Removes a namespace and waits until it is gone. */
    void deleteNamespace(String namespace);

    @Override
    void close();
}
