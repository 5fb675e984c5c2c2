package aeterna.chaos.check;

import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Ledger;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Judges what asynchronous replication lost: how many acknowledged writes, and the time from the first of these
 * acknowledgements to the last. A single one has no width; it is lost nevertheless, and the finding says so.
 *
 * @param window the longest that is put up with, zero or more
 */
record LossWindowWithin(Duration window) implements Promise {
    @Override
    public Optional<Duration> limit() {
        return Optional.of(window);
    }

    @Override
    public Finding judge(History history) {
        var ledger = Ledger.of(history);
        var acknowledged = ledger.acknowledged().size();
        if (!ledger.complete()) {
            return Finding.of(
                    this, Verdict.VOID, "never read back: the writes of " + String.join(", ", ledger.unread()));
        }
        if (acknowledged == 0) {
            return Finding.of(this, Verdict.VOID, "no write was acknowledged, so that none could be lost");
        }
        if (ledger.lost().isEmpty()) {
            return found(Verdict.HELD, Duration.ZERO, "all " + acknowledged + " acknowledged writes are there");
        }
        var lost = new HashSet<>(ledger.lost());
        var moments = history.all(Op.class)
                .filter(op -> lost.contains(op.key()))
                .mapToLong(Op::ended)
                .summaryStatistics();
        var width = Duration.ofNanos(moments.getMax() - moments.getMin());
        var kept = width.compareTo(window) <= 0;
        return found(
                kept ? Verdict.HELD : Verdict.BROKEN,
                width,
                lost.size() + " of " + acknowledged + " acknowledged writes are lost, acknowledged within "
                        + width.toMillis() + " ms");
    }

    private Finding found(Verdict verdict, Duration measured, String because) {
        return new Finding(toString(), verdict, limit(), Optional.of(measured), Duration.ZERO, because, List.of());
    }

    @Override
    public String toString() {
        return "acknowledged writes lost from " + Words.of(window) + " at most";
    }
}
