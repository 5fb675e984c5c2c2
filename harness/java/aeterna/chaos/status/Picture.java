package aeterna.chaos.status;

import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.SteadyCheck.Look;
import aeterna.chaos.model.Topology;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A testbed and what is deployed on it, at one moment.
 *
 * @param testbed its name
 * @param provider who made it
 * @param topology its zones and nodes
 * @param at when it was seen
 * @param profile how the stack is configured; empty when none is deployed or nobody can say
 * @param machines the machines, from their engine's side
 * @param nodes the nodes, from the API server's side
 * @param pods those of all namespaces
 * @param parts the stack's components, in the order in which they come up
 */
public record Picture(
        String testbed,
        String provider,
        Topology topology,
        Instant at,
        Optional<String> profile,
        Seen<List<Machine>> machines,
        Seen<List<NodeStatus>> nodes,
        Seen<List<PodStatus>> pods,
        List<Part> parts) {

    /**
     * One component of the stack.
     *
     * @param id its id
     * @param workloads what its pods belong to
     * @param roles what each of its pods is, by the pod's name
     * @param steady whether it is whole, and what was seen of that
     */
    public record Part(String id, List<String> workloads, Seen<Map<String, String>> roles, Seen<Look> steady) {}

    /** Everything that is there of the stack's namespace, by name. */
    List<PodStatus> podsOf(String namespace) {
        return pods.value().orElse(List.of()).stream()
                .filter(pod -> pod.namespace().equals(namespace))
                .sorted(Comparator.comparing(PodStatus::name))
                .toList();
    }

    /** The component that a pod belongs to; empty for one of none. */
    Optional<Part> partOf(PodStatus pod) {
        return parts.stream()
                .filter(part -> part.workloads().contains(pod.workload()))
                .findFirst();
    }

    /** What a pod is at this moment, such as primary; empty when it is nothing special or nobody can say. */
    String role(PodStatus pod) {
        return partOf(pod)
                .flatMap(part -> part.roles().value())
                .map(roles -> roles.getOrDefault(pod.name(), ""))
                .orElse("");
    }
}
