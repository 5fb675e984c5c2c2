package aeterna.chaos.check;

import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Outage;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Judges how long each client went unserved after healing: for faults that nobody can be served through, such as the loss of a quorum.
 *
 * @param within how long that may take
 */
record ServedAfterHealingWithin(Duration within) implements Promise {
    @Override
    public Optional<Duration> limit() {
        return Optional.of(within);
    }

    @Override
    public Finding judge(History history) {
        var healed = history.healedAt();
        var end = history.began(Phase.READ_BACK);
        if (healed.isEmpty() || end.isEmpty() || history.clients().isEmpty()) {
            return Finding.of(this, Verdict.VOID, "nothing was healed, or no client ran to the end");
        }
        var lasts = new ArrayList<Outage>();
        Outages.of(history)
                .values()
                .forEach(outages -> outages.stream()
                        .max(Comparator.comparingLong(Outage::to))
                        .ifPresent(lasts::add));
        var last = lasts.stream()
                .max(Comparator.comparing(Outage::open)
                        .thenComparing(outage -> after(outage, healed.getAsLong()))
                        .thenComparing(Outage::measured));
        if (last.isEmpty()) {
            return found(Verdict.HELD, Duration.ZERO, Duration.ZERO, "no client noticed anything", lasts);
        }
        var outage = last.get();
        var took = Duration.ofNanos(after(outage, healed.getAsLong()));
        if (outage.open()) {
            return found(
                    took.compareTo(within) > 0 ? Verdict.BROKEN : Verdict.VOID,
                    took,
                    outage.error(),
                    outage.client() + " was still not served when the clients stopped, " + Words.of(took)
                            + " after healing",
                    lasts);
        }
        var verdict = took.compareTo(within) <= 0
                ? Verdict.HELD
                : outage.stalled() && took.minus(outage.error()).compareTo(within) <= 0 ? Verdict.VOID : Verdict.BROKEN;
        return found(
                verdict,
                took,
                outage.error(),
                outage.client() + " was served again " + Words.of(took) + " after healing, promised " + Words.of(within)
                        + "; in all it was not served for " + Words.of(outage.measured()),
                lasts);
    }

    /** How much of it was after that moment. */
    private static long after(Outage outage, long healed) {
        return Math.max(0, outage.to() - Math.max(outage.from(), healed));
    }

    private Finding found(Verdict verdict, Duration measured, Duration error, String because, List<Outage> outages) {
        return new Finding(toString(), verdict, limit(), Optional.of(measured), error, because, outages);
    }

    @Override
    public String toString() {
        return "served again within " + Words.of(within) + " of healing";
    }
}
