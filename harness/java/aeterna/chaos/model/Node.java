package aeterna.chaos.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One machine of a {@link Topology}.
 *
 * @param name the Kubernetes node name, such as {@code node-1}
 * @param role what the machine is for
 * @param labels Kubernetes labels it registers with, the zone's among them
 * @param taints Kubernetes taints it registers with, as {@code key=value:Effect}
 */
public record Node(String name, Role role, Map<String, String> labels, List<String> taints) {
    public Node {
        labels = Map.copyOf(labels);
        taints = List.copyOf(taints);
    }

    /** What a machine is for. */
    public enum Role {
        /** Runs the Kubernetes API, is in no zone and is never broken: it stands for the load balancer's side. */
        CONTROL_PLANE,
        /** Runs the stack; may be broken. */
        WORKER
    }

    /** The zone it is in; empty for a node outside every zone. */
    public Optional<Zone> zone() {
        return Optional.ofNullable(labels.get(Zone.LABEL)).map(Zone::new);
    }
}
