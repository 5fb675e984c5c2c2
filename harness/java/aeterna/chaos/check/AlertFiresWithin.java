package aeterna.chaos.check;

import aeterna.chaos.check.Alerts.Firing;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Judges when an alert of that name first fired after the act.
 *
 * @param name the rule's
 * @param within how long it may take; the rule's own patience is a part of it
 */
record AlertFiresWithin(String name, Duration within) implements Promise {
    @Override
    public Optional<Duration> limit() {
        return Optional.of(within);
    }

    @Override
    public Finding judge(History history) {
        var act = history.injectedAt();
        var end = history.began(Phase.READ_BACK);
        if (act.isEmpty() || end.isEmpty() || !Alerts.watched(history)) {
            return Finding.of(this, Verdict.VOID, "the history has no act or no end, or nobody watched the alerts");
        }
        var fired = Alerts.of(history).all().stream()
                .filter(firing -> firing.name().equals(name) && firing.from() > act.getAsLong())
                .min(Comparator.comparingLong(Firing::from));
        if (fired.isEmpty()) {
            var looked = Duration.ofNanos(end.getAsLong() - act.getAsLong());
            return found(Verdict.BROKEN, looked, "it never fired, in " + Words.of(looked));
        }
        var took = Duration.ofNanos(fired.get().from() - act.getAsLong());
        return found(
                took.compareTo(within) > 0 ? Verdict.BROKEN : Verdict.HELD,
                took,
                "it fired after " + Words.of(took) + ", promised " + Words.of(within) + ": "
                        + fired.get().what());
    }

    private Finding found(Verdict verdict, Duration measured, String because) {
        return new Finding(toString(), verdict, limit(), Optional.of(measured), Duration.ZERO, because, List.of());
    }

    @Override
    public String toString() {
        return "the alert " + name + " fires within " + Words.of(within);
    }
}
