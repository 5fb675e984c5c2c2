package aeterna.chaos.model;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who is hit: a target resolved to names, and after the act the blast radius.
 *
 * @param pods as {@code namespace/name}
 * @param nodes by node name
 * @param zones by zone name
 */
public record Hit(SortedSet<String> pods, SortedSet<String> nodes, SortedSet<String> zones) {
    public Hit {
        pods = Collections.unmodifiableSortedSet(new TreeSet<>(pods));
        nodes = Collections.unmodifiableSortedSet(new TreeSet<>(nodes));
        zones = Collections.unmodifiableSortedSet(new TreeSet<>(zones));
    }

    /** Nobody. */
    public static Hit none() {
        return of(List.of(), List.of(), List.of());
    }

    /** Those pods ({@code namespace/name}), nodes and zones. */
    public static Hit of(Collection<String> pods, Collection<String> nodes, Collection<String> zones) {
        return new Hit(new TreeSet<>(pods), new TreeSet<>(nodes), new TreeSet<>(zones));
    }
}
