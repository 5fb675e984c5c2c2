package aeterna.chaos.check;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import java.util.Optional;

/** Judges what those who knock at doors that should be closed to them wrote down: before the act, while it lasted, and after. */
record NeverLetIn() implements Promise {
    /** As whoever knocks says it. */
    static final String SOURCE = "policy";

    @Override
    public Optional<Duration> limit() {
        return Optional.empty();
    }

    @Override
    public Finding judge(History history) {
        var act = history.injectedAt();
        var healed = history.healedAt();
        var end = history.began(Phase.READ_BACK);
        if (act.isEmpty() || healed.isEmpty() || end.isEmpty()) {
            return Finding.of(this, Verdict.VOID, "the history has no act, or no end");
        }
        var looks = history.all(Entry.Observed.class)
                .filter(seen -> seen.source().equals(SOURCE) && seen.at() <= end.getAsLong())
                .toList();
        var before = looks.stream().filter(look -> look.at() < act.getAsLong()).count();
        var after =
                looks.stream().filter(look -> look.at() > healed.getAsLong()).count();
        var during = looks.size() - before - after;
        if (before == 0 || during == 0 || after == 0) {
            return Finding.of(
                    this,
                    Verdict.VOID,
                    "knocked " + before + " times before, " + during + " during and " + after + " after: too few");
        }
        var open =
                looks.stream().filter(look -> look.what().startsWith("let in")).findFirst();
        return open.map(look -> Finding.of(
                        this,
                        Verdict.BROKEN,
                        look.subject() + " was " + look.what() + ", "
                                + (look.at() < act.getAsLong() ? "before the act" : After.act(history, look.at()))))
                .orElseGet(() -> Finding.of(
                        this,
                        Verdict.HELD,
                        "refused " + before + " times before, " + during + " during and " + after + " after"));
    }

    @Override
    public String toString() {
        return "nobody but the gateway is ever let in";
    }
}
