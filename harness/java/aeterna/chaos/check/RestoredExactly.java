package aeterna.chaos.check;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges a database that was restored to a point in time: every write acknowledged before the point is in it, and none that was
 * sent after it. What was under way at the point may be in it or not.
 */
record RestoredExactly() implements Promise {
    @Override
    public Optional<Duration> limit() {
        return Optional.empty();
    }

    @Override
    public Finding judge(History history) {
        var point = history.all(Entry.Observed.class)
                .filter(seen -> seen.source().equals("restore point"))
                .mapToLong(Entry::at)
                .findFirst();
        Map<String, Set<String>> restored = new HashMap<>();
        history.all(Entry.ReadBack.class)
                .filter(read -> read.instance().startsWith("restored"))
                .forEach(read -> restored.computeIfAbsent(read.client(), client -> new HashSet<>())
                        .addAll(read.copies().keySet()));
        if (point.isEmpty() || restored.isEmpty()) {
            return Finding.of(this, Verdict.VOID, "nothing was restored");
        }
        var missing = new ArrayList<String>();
        var surplus = new ArrayList<String>();
        var before = 0;
        var after = 0;
        for (var op : history.all(Op.class)
                .filter(op -> op.kind() == Op.Kind.WRITE && restored.containsKey(op.client()))
                .toList()) {
            var there = restored.get(op.client()).contains(op.key());
            if (op.acknowledged() && op.ended() < point.getAsLong()) {
                before++;
                if (!there) {
                    missing.add(op.key());
                }
            } else if (op.sent() > point.getAsLong()) {
                after += op.acknowledged() ? 1 : 0;
                if (there) {
                    surplus.add(op.key());
                }
            }
        }
        if (before == 0 || after == 0) {
            return Finding.of(
                    this,
                    Verdict.VOID,
                    before + " writes were acknowledged before the point, and " + after + " sent after it: too few");
        }
        var exact = missing.isEmpty() && surplus.isEmpty();
        return Finding.of(
                this,
                exact ? Verdict.HELD : Verdict.BROKEN,
                exact
                        ? "all " + before + " writes acknowledged before the point are back, and none of the " + after
                                + " after it"
                        : missing.size() + " of " + before + " writes acknowledged before the point are missing"
                                + some(missing) + ", " + surplus.size() + " sent after it are there" + some(surplus));
    }

    private static String some(ArrayList<String> keys) {
        return keys.isEmpty() ? "" : " (" + keys.get(0) + (keys.size() > 1 ? ", …" : "") + ")";
    }

    @Override
    public String toString() {
        return "restored to the point exactly";
    }
}
