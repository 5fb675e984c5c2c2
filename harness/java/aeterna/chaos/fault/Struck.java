package aeterna.chaos.fault;

import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Sighting.Seen;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** Those on whom the damage is seen, held against those on whom it was to be. */
final class Struck {
    private Struck() {}

    /**
     * Compares the two.
     *
     * @param aimedAt who was to be hit, at least one
     * @param seen on whom the damage shows
     * @param evidence what was seen, in words
     */
    static Sighting compare(Collection<String> aimedAt, Collection<String> seen, String evidence) {
        var others = new TreeSet<>(seen);
        others.removeAll(aimedAt);
        if (!others.isEmpty()) {
            return new Sighting(Seen.ELSEWHERE, some(others) + ", not aimed at: " + evidence);
        }
        if (seen.isEmpty()) {
            return new Sighting(Seen.NOTHING, evidence);
        }
        return new Sighting(seen.containsAll(aimedAt) ? Seen.LANDED : Seen.PARTLY, evidence);
    }

    /** The first few of many, in words. */
    static String some(SortedSet<String> names) {
        var shown = names.stream().limit(4).toList();
        return names.isEmpty()
                ? "nobody"
                : String.join(", ", shown)
                        + (names.size() > shown.size() ? " and " + (names.size() - shown.size()) + " more" : "");
    }

    static String some(Collection<String> names) {
        return some(Collections.unmodifiableSortedSet(new TreeSet<>(names)));
    }
}
