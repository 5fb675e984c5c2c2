package aeterna.chaos.expect;

import aeterna.chaos.model.History;
import aeterna.chaos.model.Series;
import aeterna.chaos.model.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a whole run is from what was expected of it; each list holds one line per scenario.
 *
 * @param asExpected ended as expected, expected BROKENs and NOT APPLICABLEs among them
 * @param deviated proved something else: an unexpected BROKEN, and as well a BROKEN that was expected and HELD, for then
 *     the expectation, or what it rests on, is no longer true
 * @param unproven VOID where something should have been proven
 */
public record Tally(List<String> asExpected, List<String> deviated, List<String> unproven) {
    public Tally {
        asExpected = List.copyOf(asExpected);
        deviated = List.copyOf(deviated);
        unproven = List.copyOf(unproven);
    }

    /** The tally of a run's histories. */
    public static Tally of(List<History> histories) {
        var asExpected = new ArrayList<String>();
        var deviated = new ArrayList<String>();
        var unproven = new ArrayList<String>();
        for (var series : Series.of(histories)) {
            var history = series.decisive();
            var setting = history.began().setting();
            var judged = history.judged();
            var line = setting.scenario() + " is " + judged.verdict() + " (" + judged.because() + "), expected "
                    + setting.expected();
            if (setting.expected().metBy(judged.verdict())) {
                asExpected.add(line);
            } else if (judged.verdict() == Verdict.VOID) {
                unproven.add(line);
            } else {
                deviated.add(line);
            }
        }
        return new Tally(asExpected, deviated, unproven);
    }

    /** 0 when all is as expected, 1 when something proved otherwise, 3 when something was not proven and nothing proved otherwise. */
    public int exitCode() {
        if (!deviated.isEmpty()) {
            return 1;
        }
        return unproven.isEmpty() ? 0 : 3;
    }
}
