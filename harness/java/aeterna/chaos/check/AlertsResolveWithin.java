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
 * Judges when the last alert was over, counted from healing.
 *
 * @param within how long that may take
 */
record AlertsResolveWithin(Duration within) implements Promise {
    @Override
    public Optional<Duration> limit() {
        return Optional.of(within);
    }

    @Override
    public Finding judge(History history) {
        var healed = history.healedAt();
        var end = history.began(Phase.READ_BACK);
        var fired = Alerts.of(history).all();
        if (healed.isEmpty() || end.isEmpty() || fired.isEmpty()) {
            return Finding.of(this, Verdict.VOID, "nothing was healed, or no alert fired");
        }
        var open = fired.stream().filter(firing -> firing.to().isEmpty()).findFirst();
        if (open.isPresent()) {
            var looked = Duration.ofNanos(end.getAsLong() - healed.getAsLong());
            return found(
                    looked.compareTo(within) > 0 ? Verdict.BROKEN : Verdict.VOID,
                    looked,
                    open.get().name() + " still fired at the end, " + Words.of(looked) + " after healing");
        }
        var last = fired.stream()
                .max(Comparator.comparingLong(firing -> firing.to().orElse(0)))
                .map(Firing::name)
                .orElse("");
        var over =
                fired.stream().mapToLong(firing -> firing.to().orElse(0)).max().orElse(0);
        var took = Duration.ofNanos(Math.max(0, over - healed.getAsLong()));
        return found(
                took.compareTo(within) > 0 ? Verdict.BROKEN : Verdict.HELD,
                took,
                last + " was the last to end, " + Words.of(took) + " after healing, promised " + Words.of(within));
    }

    private Finding found(Verdict verdict, Duration measured, String because) {
        return new Finding(toString(), verdict, limit(), Optional.of(measured), Duration.ZERO, because, List.of());
    }

    @Override
    public String toString() {
        return "alerts end within " + Words.of(within);
    }
}
