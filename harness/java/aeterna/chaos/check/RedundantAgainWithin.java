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

/** Judges when the steady checks began to hold for good: between the last look at which they did not and the first at which they did. */
record RedundantAgainWithin(Duration within) implements Promise {
    @Override
    public Optional<Duration> limit() {
        return Optional.of(within);
    }

    @Override
    public Finding judge(History history) {
        var start = history.healedAt().isPresent() ? history.healedAt() : history.injectedAt();
        if (start.isEmpty()) {
            return Finding.of(this, Verdict.VOID, "the history has no act");
        }
        var from = start.getAsLong();
        var looks = history.all(Entry.Looked.class)
                .filter(look -> look.began() >= from)
                .toList();
        if (looks.isEmpty()) {
            return Finding.of(this, Verdict.VOID, "nobody looked");
        }
        var firstGood = looks.size();
        while (firstGood > 0 && looks.get(firstGood - 1).steady()) {
            firstGood--;
        }
        if (firstGood == looks.size()) {
            return never(from, looks.get(looks.size() - 1));
        }
        var earliest = firstGood == 0 ? 0 : looks.get(firstGood - 1).began() - from;
        var latest = looks.get(firstGood).at() - from;
        var measured = Duration.ofNanos((earliest + latest) / 2);
        var error = Duration.ofNanos((latest - earliest + 1) / 2);
        var relapsed = looks.subList(0, firstGood).stream().anyMatch(Entry.Looked::steady);
        return new Finding(
                toString(),
                measured.compareTo(within) > 0 ? Verdict.BROKEN : Verdict.HELD,
                limit(),
                Optional.of(measured),
                error,
                "whole again after " + Words.of(measured) + " (±" + Words.of(error) + "), promised " + Words.of(within)
                        + (relapsed ? ", having relapsed: " + said(looks.get(firstGood - 1)) : ""),
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
