package aeterna.chaos.check;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Judges by what the roles' watcher wrote down. It asks once a second, and waits for a silent peer: somebody was elected before it was
 * seen, by at most that much; the middle is what is measured.
 *
 * @param component whose leader
 * @param within how long the election may take, from the act
 */
record LeaderElectedWithin(String component, Duration within) implements Promise {
    /** A second between two questions, and two for a peer that does not answer. */
    private static final Duration SEEN_LATE = Duration.ofSeconds(3);

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
        var from = act.getAsLong();
        if (elections(history).stream().noneMatch(seen -> seen.at() < from)) {
            return Finding.of(this, Verdict.VOID, "nobody was seen to lead " + component + " before the act");
        }
        var elected =
                elections(history).stream().filter(seen -> seen.at() > from).findFirst();
        if (elected.isEmpty()) {
            var looked = Duration.ofNanos(history.began(Phase.READ_BACK).orElse(from) - from);
            return found(
                    looked.compareTo(within.plus(SEEN_LATE)) > 0 ? Verdict.BROKEN : Verdict.VOID,
                    looked,
                    Duration.ZERO,
                    "nobody was seen to be elected in " + Words.of(looked));
        }
        var seen = Duration.ofNanos(elected.get().at() - from);
        var earliest = seen.minus(SEEN_LATE).isNegative() ? Duration.ZERO : seen.minus(SEEN_LATE);
        var error = seen.minus(earliest).dividedBy(2);
        var measured = earliest.plus(error);
        return found(
                measured.compareTo(within) > 0 ? Verdict.BROKEN : Verdict.HELD,
                measured,
                error,
                elected.get().subject() + " was elected after " + Words.of(measured) + " (±" + Words.of(error)
                        + "), promised " + Words.of(within));
    }

    private List<Entry.Observed> elections(History history) {
        var leads = component + ": leader";
        return history.all(Entry.Observed.class)
                .filter(seen -> seen.source().equals("role"))
                .filter(seen -> seen.what().equals(leads) || seen.what().startsWith(leads + ","))
                .toList();
    }

    private Finding found(Verdict verdict, Duration measured, Duration error, String because) {
        return new Finding(toString(), verdict, limit(), Optional.of(measured), error, because, List.of());
    }

    @Override
    public String toString() {
        return component + " has a new leader within " + Words.of(within);
    }
}
