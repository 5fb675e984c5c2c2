package aeterna.chaos.model;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The writes of a run against what was read back after healing; each set holds keys.
 *
 * @param acknowledged the stack said that it keeps them
 * @param unknown sent, and nobody knows: they may be there or not
 * @param lost acknowledged, and not there
 * @param duplicated there more than once
 * @param stale acknowledged and there, and missing on an instance that lags
 * @param resurrected refused, and there nevertheless
 * @param unread clients with acknowledged writes that were never read back: of those nothing is known
 */
public record Ledger(
        SortedSet<String> acknowledged,
        SortedSet<String> unknown,
        SortedSet<String> lost,
        SortedSet<String> duplicated,
        SortedSet<String> stale,
        SortedSet<String> resurrected,
        SortedSet<String> unread) {
    /** The ledger of a run. */
    public static Ledger of(History history) {
        var acknowledged = new TreeSet<String>();
        var unknown = new TreeSet<String>();
        var refused = new HashSet<String>();
        var authors = new HashMap<String, String>();
        history.all(Op.class).filter(op -> op.kind() == Op.Kind.WRITE).forEach(write -> {
            authors.put(write.key(), write.client());
            switch (write.outcome()) {
                case OK -> acknowledged.add(write.key());
                case UNKNOWN -> unknown.add(write.key());
                case FAIL -> refused.add(write.key());
                case SHED -> {}
            }
        });

        Map<String, Set<String>> kept = new HashMap<>();
        var duplicated = new TreeSet<String>();
        history.all(Entry.ReadBack.class).forEach(read -> {
            if (read.authoritative()) {
                kept.computeIfAbsent(read.client(), client -> new HashSet<>())
                        .addAll(read.copies().keySet());
            }
            read.copies().forEach((key, copies) -> {
                if (copies > 1) {
                    duplicated.add(key);
                }
            });
        });

        var lost = new TreeSet<String>();
        var unread = new TreeSet<String>();
        for (var key : acknowledged) {
            var author = authors.get(key);
            if (!kept.containsKey(author)) {
                unread.add(author);
            } else if (!kept.get(author).contains(key)) {
                lost.add(key);
            }
        }

        var stale = new TreeSet<String>();
        history.all(Entry.ReadBack.class)
                .filter(read -> !read.authoritative())
                .forEach(read -> acknowledged.stream()
                        .filter(key -> authors.get(key).equals(read.client()))
                        .filter(key -> !lost.contains(key) && !read.copies().containsKey(key))
                        .forEach(stale::add));

        var resurrected = new TreeSet<String>();
        kept.values().stream()
                .flatMap(Collection::stream)
                .filter(refused::contains)
                .forEach(resurrected::add);
        return new Ledger(acknowledged, unknown, lost, duplicated, stale, resurrected, unread);
    }

    /** True when every acknowledged write could be looked for. */
    public boolean complete() {
        return unread.isEmpty();
    }
}
