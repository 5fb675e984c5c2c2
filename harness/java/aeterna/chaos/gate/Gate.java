package aeterna.chaos.gate;

import aeterna.chaos.attribution.Attribution;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Series;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What of a run got worse than the baseline; each list holds one line apiece.
 *
 * @param worse verdicts and recovery times that got worse
 * @param unproven BROKEN in the baseline and VOID now: neither better nor worse
 * @param notCompared in one of the two alone
 * @param comparisons how many recovery times were compared
 * @param untold how many more rest on too few trials, of the run or of the baseline, to tell anything
 */
public record Gate(List<String> worse, List<String> unproven, List<String> notCompared, int comparisons, int untold) {
    public Gate {
        worse = List.copyOf(worse);
        unproven = List.copyOf(unproven);
        notCompared = List.copyOf(notCompared);
    }

    /**
     * Compares a run with a baseline.
     *
     * @param histories at least one
     * @throws Problem when they are about different things
     */
    public static Gate of(Baseline baseline, List<History> histories) {
        var setting = histories.get(0).began().setting();
        demandSame(baseline, "provider", baseline.provider(), setting.provider());
        demandSame(baseline, "topology", baseline.topology(), setting.topology());
        demandSame(baseline, "profile", baseline.profile(), setting.profile());
        var worse = new ArrayList<String>();
        var unproven = new ArrayList<String>();
        var notCompared = new ArrayList<String>();
        var missing = new TreeSet<>(baseline.scenarios().keySet());
        var pairs = new ArrayList<Pair>();
        for (var series : Series.of(histories)) {
            var before = baseline.scenarios().get(series.scenario());
            missing.remove(series.scenario());
            if (before == null) {
                notCompared.add(series.scenario() + " is not in the baseline");
                continue;
            }
            if (rank(series.verdict()) > rank(before.verdict())) {
                worse.add(series.scenario() + ": " + before.verdict() + " became " + series.verdict() + ": "
                        + series.decisive().judged().because());
            } else if (series.verdict() == Verdict.VOID && before.verdict() == Verdict.BROKEN) {
                unproven.add(series.scenario() + ": BROKEN became VOID: "
                        + series.decisive().judged().because());
            }
            series.measured().forEach((promise, times) -> {
                if (!before.measured(promise).isEmpty()) {
                    pairs.add(new Pair(series, promise, before.measured(promise), times));
                }
            });
        }
        missing.forEach(name -> notCompared.add(name + " is in the baseline, and was not run"));
        var telling = pairs.stream()
                .filter(pair -> Slowdown.telling(pair.before(), pair.now()))
                .toList();
        var slowdown = new Slowdown(Math.max(1, telling.size()));
        telling.stream()
                .filter(pair -> slowdown.beyondNoise(pair.before(), pair.now()))
                .map(Pair::toString)
                .forEach(worse::add);
        return new Gate(worse, unproven, notCompared, telling.size(), pairs.size() - telling.size());
    }

    /** One promise's times in both runs. */
    private record Pair(Series series, String promise, List<Duration> before, List<Duration> now) {
        @Override
        public String toString() {
            var from = median(before);
            var to = median(now);
            var percent = from.isZero() ? "" : " (+" + (to.toMillis() * 100 / from.toMillis() - 100) + " %)";
            return series.scenario() + ": " + promise + ": " + Words.of(from) + " became " + Words.of(to) + percent
                    + ", medians of " + before.size() + " and " + now.size() + " trials"
                    + slowest().map(split -> "; " + split).orElse("");
        }

        /** Where the time went in the slowest trial, for promises about outages. */
        private Optional<Attribution> slowest() {
            return series.counted().stream()
                    .flatMap(history -> history.all(Finding.class)
                            .filter(finding -> finding.promise().equals(promise))
                            .filter(finding -> !finding.outages().isEmpty())
                            .flatMap(finding -> Attribution.of(history).stream()))
                    .max(Comparator.comparing(split -> split.outage().measured()));
        }
    }

    private static Duration median(List<Duration> times) {
        var sorted = times.stream().mapToDouble(Duration::toMillis).sorted().toArray();
        return Duration.ofMillis(Math.round(Slowdown.median(sorted)));
    }

    private static int rank(Verdict verdict) {
        return switch (verdict) {
            case HELD -> 0;
            case VOID -> 1;
            case BROKEN -> 2;
        };
    }

    private static void demandSame(Baseline baseline, String what, String before, String now) {
        if (!before.equals(now)) {
            throw new Problem(
                    "the baseline (run " + baseline.run() + ") is of the " + what + " '" + before
                            + "', this run is of '" + now + "': they cannot be compared",
                    "Compare it with a baseline of its own: ./chaos baseline --baseline FILE makes one.");
        }
    }

    /** The result in one line. */
    @Override
    public String toString() {
        return (passed() ? "passed" : "FAILED: " + worse.size() + " got worse") + "; recovery times compared: "
                + comparisons
                + (untold == 0
                        ? ""
                        : ", not compared: " + untold + " of fewer than " + Slowdown.TRIALS + " trials (--trials "
                                + Slowdown.TRIALS + ", in the baseline 10)");
    }

    /** True when nothing got worse. */
    public boolean passed() {
        return worse.isEmpty();
    }
}
