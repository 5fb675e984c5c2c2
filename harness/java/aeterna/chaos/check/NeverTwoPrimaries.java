package aeterna.chaos.check;

import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Judges who acknowledged what, when. A write was taken at some moment between sending it and its acknowledgement, so
 * what is proven is this alone: a write sent after another one's acknowledgement was taken after it. Two primaries are
 * two instances of which each took a write after the other, or an older timeline on which one was taken after a newer one.
 */
record NeverTwoPrimaries() implements Promise {
    @Override
    public Optional<Duration> limit() {
        return Optional.empty();
    }

    @Override
    public Finding judge(History history) {
        var act = history.injectedAt();
        var telling = history.all(Op.class)
                .filter(op -> op.acknowledged() && !op.instance().isEmpty() && op.timeline() > 0)
                .toList();
        if (act.isEmpty() || telling.stream().noneMatch(op -> op.sent() > act.getAsLong())) {
            return Finding.of(
                    this,
                    Verdict.VOID,
                    "no acknowledgement after the act says which instance gave it, on which timeline");
        }
        var primaries = Primary.of(telling);
        for (var one : primaries) {
            for (var other : primaries) {
                var overlap = one.overlap(other);
                if (overlap > 0) {
                    return new Finding(
                            toString(),
                            Verdict.BROKEN,
                            Optional.empty(),
                            Optional.of(Duration.ofNanos(overlap)),
                            Duration.ZERO,
                            one + " and " + other + " both acknowledged writes for "
                                    + Words.of(Duration.ofNanos(overlap)) + " at least",
                            List.of());
                }
            }
        }
        return Finding.of(
                this,
                Verdict.HELD,
                "one after the other: "
                        + primaries.stream().map(Primary::toString).collect(Collectors.joining(", ")));
    }

    /** An instance on a timeline: when the first of its acknowledgements had come, and when the last of them was asked for. */
    private record Primary(String instance, int timeline, long firstEnded, long lastSent) {
        static List<Primary> of(Collection<Op> acknowledgements) {
            var primaries = new ArrayList<Primary>();
            acknowledgements.stream()
                    .collect(Collectors.groupingBy(op -> List.of(op.instance(), op.timeline())))
                    .values()
                    .forEach(ops -> primaries.add(new Primary(
                            ops.get(0).instance(),
                            ops.get(0).timeline(),
                            ops.stream().mapToLong(Op::ended).min().orElseThrow(),
                            ops.stream().mapToLong(Op::sent).max().orElseThrow())));
            primaries.sort(Comparator.comparingLong(Primary::firstEnded));
            return primaries;
        }

        /** For how many nanoseconds at least both were primary; 0 when nothing proves that they were. */
        long overlap(Primary newer) {
            if (instance.equals(newer.instance) && timeline == newer.timeline) {
                return 0;
            }
            if (timeline < newer.timeline) {
                return Math.max(0, lastSent - newer.firstEnded);
            }
            var sameTimeline = timeline == newer.timeline;
            var eachAfterTheOther = lastSent > newer.firstEnded && newer.lastSent > firstEnded;
            return sameTimeline && eachAfterTheOther
                    ? Math.min(lastSent, newer.lastSent) - Math.max(firstEnded, newer.firstEnded)
                    : 0;
        }

        @Override
        public String toString() {
            return instance + " (timeline " + timeline + ")";
        }
    }

    @Override
    public String toString() {
        return "never two primaries";
    }
}
