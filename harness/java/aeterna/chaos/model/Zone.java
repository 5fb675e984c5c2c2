package aeterna.chaos.model;

/**
 * A failure domain: the nodes that fail together.
 *
 * @param name the value of the nodes' label {@value #LABEL}, such as {@code zone-a}
 */
public record Zone(String name) implements Comparable<Zone> {
    /** Kubernetes' well-known label for zones. */
    public static final String LABEL = "topology.kubernetes.io/zone";

    @Override
    public int compareTo(Zone other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
