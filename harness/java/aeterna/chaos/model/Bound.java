package aeterna.chaos.model;

import java.util.ArrayList;
import java.util.Optional;

/**
 * How much a fault may hit at most: looked at before anything is touched.
 *
 * @param pods how many pods by name, zero or more; those that go down with a node are not counted
 * @param nodes how many nodes, zero or more
 * @param zones how many whole zones, zero or more
 */
public record Bound(int pods, int nodes, int zones) {
    /** Two of three zones with the four nodes of both, which takes any quorum away and leaves something to heal from. */
    public static final Bound USUAL = new Bound(8, 4, 2);

    /**
     * @throws IllegalArgumentException when a number is negative
     */
    public Bound {
        if (pods < 0 || nodes < 0 || zones < 0) {
            throw new IllegalArgumentException("a bound is made of numbers of zero or more");
        }
    }

    /** What of it a hit exceeds, in words; empty when it stays within. */
    public Optional<String> exceededBy(Hit hit) {
        var exceeded = new ArrayList<String>();
        note(exceeded, hit.pods().size(), pods, "pods");
        note(exceeded, hit.nodes().size(), nodes, "nodes");
        note(exceeded, hit.zones().size(), zones, "zones");
        return exceeded.isEmpty() ? Optional.empty() : Optional.of(String.join(" and ", exceeded));
    }

    private static void note(ArrayList<String> exceeded, int hit, int bound, String what) {
        if (hit > bound) {
            exceeded.add(hit + " " + what + " of at most " + bound);
        }
    }
}
