package aeterna.chaos.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a run has of one scenario, trial by trial. A VOID that was repeated is not counted, but stays to be seen; a
 * BROKEN is counted however often the scenario was run.
 *
 * @param histories at least one, in the order in which they were written
 */
public record Series(List<History> histories) {
    public Series {
        histories = List.copyOf(histories);
    }

    /** The series of a run's histories, in the order of their beginnings. */
    public static List<Series> of(List<History> histories) {
        var series = new ArrayList<List<History>>();
        Map<String, List<History>> open = new HashMap<>();
        for (var history : histories) {
            var setting = history.began().setting();
            var of = open.get(setting.scenario());
            // The same attempt at the same trial a second time is another experiment of that name.
            if (of == null || of.stream().anyMatch(earlier -> trial(earlier).equals(setting.trial()))) {
                of = new ArrayList<>();
                open.put(setting.scenario(), of);
                series.add(of);
            }
            of.add(history);
        }
        return series.stream().map(Series::new).toList();
    }

    /** {@code Class.method}. */
    public String scenario() {
        return histories.get(0).began().setting().scenario();
    }

    /** What it is expected to end with. */
    public Expectation expected() {
        return histories.get(0).began().setting().expected();
    }

    /** The histories that count: of every trial its last attempt, and each that proved something. */
    public List<History> counted() {
        return histories.stream().filter(history -> !repeated(history)).toList();
    }

    /** True for a VOID that was repeated later. */
    public boolean repeated(History history) {
        return history.judged().verdict() == Verdict.VOID
                && histories.stream()
                        .anyMatch(later -> trial(later).number()
                                        == trial(history).number()
                                && trial(later).attempt() > trial(history).attempt());
    }

    /** The one that decides: what deviates from what was expected before what proved nothing, then the slowest. */
    public History decisive() {
        return counted().stream()
                .max(Comparator.<History>comparingInt(this::weight)
                        .thenComparing(Series::slowest)
                        .thenComparing(history -> -trial(history).number()))
                .orElseThrow();
    }

    /** What the decisive one ended with. */
    public Verdict verdict() {
        return decisive().judged().verdict();
    }

    /** True when all that counts ended as expected. */
    public boolean asExpected() {
        return expected().metBy(verdict());
    }

    /** What was measured of each promise that has a number, trial by trial; those that could not be measured are left out. */
    public Map<String, List<Duration>> measured() {
        var measured = new LinkedHashMap<String, List<Duration>>();
        counted().stream()
                .flatMap(history -> history.all(Finding.class))
                .filter(finding -> finding.limit().isPresent() && finding.verdict() != Verdict.VOID)
                .forEach(finding -> finding.measured()
                        .ifPresent(time -> measured.computeIfAbsent(finding.promise(), promise -> new ArrayList<>())
                                .add(time)));
        return measured;
    }

    private int weight(History history) {
        var verdict = history.judged().verdict();
        return expected().metBy(verdict) ? 0 : verdict == Verdict.VOID ? 1 : 2;
    }

    private static Duration slowest(History history) {
        return history.all(Finding.class)
                .flatMap(finding -> finding.measured().stream())
                .findFirst()
                .orElse(Duration.ZERO);
    }

    private static Trial trial(History history) {
        return history.began().setting().trial();
    }
}
