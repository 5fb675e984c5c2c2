package aeterna.chaos.cluster;

import aeterna.chaos.model.Topology;
import aeterna.chaos.model.Trace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

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

    /** Gives a Deployment a new revision, as {@code kubectl rollout restart} does; returns when the API server has accepted that. */
    void restart(String namespace, String deployment);

    /** What a command printed, run in a pod's first container; throws {@link aeterna.chaos.model.Problem} when it fails. */
    String exec(String namespace, String pod, String... command);

    /**
     * What one pod answers, asked through the API server; for looks and evidence, never for measuring.
     *
     * @param path with its leading slash, and its query if any
     * @return the body of a 2xx answer
     * @throws aeterna.chaos.model.Problem when the pod is not reached or answers anything else
     */
    String httpGet(String namespace, String pod, int port, String path);

    /** How far the Deployments and StatefulSets of a namespace are, by name. */
    List<Rollout> rollouts(String namespace);

    /** The HorizontalPodAutoscalers of a namespace, by name. */
    List<Autoscaler> autoscalers(String namespace);

    /**
     * An object of whatever kind, as JSON; empty when there is none, or no such kind.
     *
     * @param apiVersion such as {@code postgresql.cnpg.io/v1}
     */
    Optional<String> object(String apiVersion, String kind, String namespace, String name);

    /** The PodDisruptionBudgets of a namespace, by name. */
    List<DisruptionBudget> budgets(String namespace);

    /** The annotations of an Endpoints object, where leader locks are kept; empty when there is no such object. */
    Optional<Map<String, String>> endpointsAnnotations(String namespace, String name);

    /** The address of a Service inside the cluster; empty when there is no such Service. */
    Optional<String> serviceAddress(String namespace, String name);

    /** The annotations of a namespace; empty when there is no such namespace. */
    Optional<Map<String, String>> namespaceAnnotations(String name);

    /** Hears of every pod of a namespace, those that are there already first, until closed. */
    Subscription listen(String namespace, PodListener listener);

    /** Hears of every Endpoints object of a namespace, those that are there already first, until closed. */
    Subscription listenEndpoints(String namespace, EndpointsListener listener);

    /** The events of a namespace that the API server still has, oldest first. */
    List<ClusterEvent> events(String namespace);

    /**
     * The last lines that a pod's containers printed.
     *
     * @param previous true for what the containers printed before they were last restarted
     * @return empty when there is no such pod, or nothing before
     */
    String log(String namespace, String pod, boolean previous, int lines);

    /**
     * Hears what a running pod's containers print, their last lines of before included, until they end or it is closed.
     *
     * @param sink told on some other thread, which must not be held up; pieces of several containers may come in between
     */
    Subscription follow(String namespace, String pod, int lines, Consumer<byte[]> sink);

    /**
     * Asks for the deletion of a pod; returns when the API server has accepted that, not when the pod is gone.
     *
     * @param uid which incarnation: one that is gone already is not a failure, another of the same name is not touched
     * @param grace how long its processes may take; the pod's own time when empty; zero removes it from the API at once
     */
    void deletePod(String namespace, String pod, String uid, Optional<Duration> grace);

    /** What no other cluster has: the uid of its namespace {@code kube-system}. */
    String uid();

    /** What faults left in the API: cordons, taints that the topology does not give, marked objects. */
    List<Trace> traces(Topology topology);

    /** Keeps new pods off a node, or lets them on it again; what is so already stays so. */
    void cordon(String node, boolean cordoned);

    /**
     * Asks for a pod to be evicted, as a drain does: disruption budgets have a say.
     *
     * @param uid which incarnation: another one of the same name is not touched
     */
    Eviction evict(String namespace, String pod, String uid);

    /** What a pod is made of; empty when there is no such pod. */
    Optional<PodParts> parts(String namespace, String pod);

    /** The uid of a claim on a volume; empty when there is no such claim. */
    Optional<String> claim(String namespace, String claim);

    /** Asks for the deletion of a claim; its data goes with it once no pod uses it. One of another uid is not touched. */
    void deleteClaim(String namespace, String claim, String uid);

    /** Removes a namespace and waits until it is gone. */
    void deleteNamespace(String namespace);

    @Override
    void close();
}
