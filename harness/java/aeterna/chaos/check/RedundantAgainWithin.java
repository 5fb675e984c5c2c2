package aeterna.chaos.check;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Judges when the steady checks began to hold for good: between the last look at which they did not and the first at which
 * they did. Counts from healing, and from the act when there was nothing to heal; what was whole by then was whole after 0 s.
 */
record RedundantAgainWithin(Duration within) implements Promise {
    @Override
    public Optional<Duration> limit() {
        return Optional.of(within);
    }

    @Override
    public Finding judge(History history) {
        var act = history.injectedAt();
        if (act.isEmpty()) {
            return Finding.of(this, Verdict.VOID, "the history has no act");
        }
        var from = history.healedAt().orElse(act.getAsLong());
        var looks = history.all(Entry.Looked.class)
                .filter(look -> look.began() >= act.getAsLong())
                .toList();
        if (looks.isEmpty() || looks.get(looks.size() - 1).at() < from) {
            return Finding.of(this, Verdict.VOID, "nobody looked");
        }
        var lastBad = looks.size() - 1;
        while (lastBad >= 0 && looks.get(lastBad).steady()) {
            lastBad--;
        }
        if (lastBad < 0) {
            return always(from, looks);
        }
        if (lastBad == looks.size() - 1) {
            return never(from, looks.get(lastBad));
        }
        var earliest = Math.max(0, looks.get(lastBad).began() - from);
        var latest = Math.max(0, looks.get(lastBad + 1).at() - from);
        var measured = Duration.ofNanos((earliest + latest) / 2);
        var error = Duration.ofNanos((latest - earliest + 1) / 2);
        return new Finding(
                toString(),
                measured.compareTo(within) > 0 ? Verdict.BROKEN : Verdict.HELD,
                limit(),
                Optional.of(measured),
                error,
                "whole again after " + Words.of(measured) + " (±" + Words.of(error) + "), promised " + Words.of(within)
                        + (relapsed(history, from, looks.subList(0, lastBad))
                                ? ", having relapsed: " + said(looks.get(lastBad))
                                : ""),
                List.of());
    }

    /** Just after an act nobody may know of the damage yet: what is whole then has not come back, it has not yet gone. */
    private static boolean relapsed(History history, long from, List<Entry.Looked> before) {
        var after = before.stream().filter(look -> look.at() >= from);
        return (history.healedAt().isPresent() ? after : after.dropWhile(Entry.Looked::steady))
                .anyMatch(Entry.Looked::steady);
    }

    /** Damage that came and went between two looks lasted for less than the time between them. */
    private Finding always(long from, List<Entry.Looked> looks) {
        var longest = 0L;
        var before = from;
        for (var look : looks) {
            longest = Math.max(longest, look.at() - before);
            before = Math.max(from, look.began());
        }
        var gap = Duration.ofNanos(longest);
        return new Finding(
                toString(),
                gap.compareTo(within) > 0 ? Verdict.VOID : Verdict.HELD,
                limit(),
                Optional.of(Duration.ZERO),
                gap,
                "whole whenever anybody looked, at most " + Words.of(gap) + " apart, promised " + Words.of(within),
                List.of());
    }

    private Finding never(long from, Entry.Looked last) {
        var looked = Duration.ofNanos(last.at() - from);
        return new Finding(
                toString(),
                looked.compareTo(within) > 0 ? Verdict.BROKEN : Verdict.VOID,
                limit(),
                Optional.of(looked),
                Duration.ZERO,
                "not whole again when nobody looked any more, after " + Words.of(looked) + ": " + said(last),
                List.of());
    }

    private static String said(Entry.Looked look) {
        return look.check() + ": " + look.seen();
    }

    @Override
    public String toString() {
        return "redundant again within " + Words.of(within);
    }
}
