package aeterna.chaos.check;

import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Ledger;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;

/** Judges the ledger: acknowledged and not there is lost. */
record NoAcknowledgedWriteLost() implements Promise {
    private static final int LISTED = 10;

    @Override
    public Optional<Duration> limit() {
        return Optional.empty();
    }

    @Override
    public Finding judge(History history) {
        var ledger = Ledger.of(history);
        var acknowledged = ledger.acknowledged().size();
        if (!ledger.lost().isEmpty()) {
            return Finding.of(
                    this,
                    Verdict.BROKEN,
                    ledger.lost().size() + " of " + acknowledged + " acknowledged writes are lost: "
                            + list(ledger.lost()));
        }
        if (!ledger.complete()) {
            return Finding.of(this, Verdict.VOID, "never read back: the writes of " + list(ledger.unread()));
        }
        if (acknowledged == 0) {
            return Finding.of(this, Verdict.VOID, "no write was acknowledged, so that none could be lost");
        }
        return Finding.of(this, Verdict.HELD, "all " + acknowledged + " acknowledged writes are there");
    }

    private static String list(Collection<String> keys) {
        var listed = keys.stream().limit(LISTED).collect(Collectors.joining(", "));
        return keys.size() > LISTED ? listed + " and " + (keys.size() - LISTED) + " more" : listed;
    }

    @Override
    public String toString() {
        return "no acknowledged write lost";
    }
}
