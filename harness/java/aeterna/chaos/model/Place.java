package aeterna.chaos.model;

import java.util.Comparator;

/**
 * Where an act happens below the API: a node, or one of the pods on it.
 *
 * @param node the node's name
 * @param podUid the pod's uid; empty for the node itself
 */
public record Place(String node, String podUid) implements Comparable<Place> {
    /** The node itself, with everything that runs on it. */
    public static Place of(String node) {
        return new Place(node, "");
    }

    @Override
    public int compareTo(Place other) {
        return Comparator.comparing(Place::node).thenComparing(Place::podUid).compare(this, other);
    }

    @Override
    public String toString() {
        return podUid.isEmpty() ? node : "pod " + podUid + " on " + node;
    }
}
