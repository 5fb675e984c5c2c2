package aeterna.chaos.wiring;

import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Setting;
import aeterna.chaos.report.Reports;
import aeterna.chaos.report.RunFolder;
import aeterna.chaos.run.Repetition;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a run that is done in parts has already.
 *
 * @param folder the run's
 * @param histories of its earlier parts; empty for a run that begins now
 */
record EarlierParts(RunFolder folder, List<History> histories) {
    EarlierParts {
        histories = List.copyOf(histories);
    }

    /**
     * The run to go on with, or a new one of that name.
     *
     * @throws Problem when there is no such run, or it was about another stack: one report is about one
     */
    static EarlierParts of(Reports reports, SessionSettings settings, String newRun) {
        if (settings.into().isEmpty()) {
            return new EarlierParts(reports.begin(newRun), List.of());
        }
        var folder = reports.find(settings.into().get());
        var parts =
                new EarlierParts(folder, HistoryFile.salvage(folder.history()).histories());
        parts.setting().ifPresent(setting -> {
            demandSame(
                    folder, "topology", setting.topology(), settings.testbed().topology(), "--topology");
            demandSame(folder, "profile", setting.profile(), settings.profile().name(), "--profile");
        });
        return parts;
    }

    private static void demandSame(RunFolder folder, String what, String there, String here, String option) {
        if (!there.equals(here)) {
            throw new Problem(
                    "the run " + folder.name() + " has the " + what + " " + (there.isEmpty() ? "(unknown)" : there)
                            + ", and this part of it would have " + here,
                    "Say " + option + "=" + there + ", or leave out --into for a run of its own.");
        }
    }

    private Optional<Setting> setting() {
        return histories.stream().map(history -> history.began().setting()).findFirst();
    }

    /** The run's seed, of its first trial. */
    OptionalLong seed() {
        return setting()
                .map(setting -> OptionalLong.of(setting.seed() - setting.trial().number() + 1))
                .orElseGet(OptionalLong::empty);
    }

    /** What is missing of a scenario: all of it, unless an earlier part proved some. */
    Repetition missing(String scenario, int trials, boolean repeatVoid) {
        return Repetition.toComplete(
                histories.stream()
                        .filter(history -> history.began().setting().scenario().equals(scenario))
                        .toList(),
                trials,
                repeatVoid);
    }
}
