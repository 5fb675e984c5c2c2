package aeterna.chaos.report;

import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Series;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A run read back, and everything that is made of it: {@code summary.json}, {@code report.html}, {@code junit.xml},
 * {@code metrics.prom} and {@code allure-results/}. The same histories and evidence make the same bytes every time.
 *
 * @param folder the run's
 * @param histories at least one, in the order in which they were written
 * @param damage what could not be read
 */
public record Report(RunFolder folder, List<History> histories, List<Problem> damage) {
    public Report {
        histories = List.copyOf(histories);
        damage = List.copyOf(damage);
    }

    /**
     * Reads a run.
     *
     * @throws Problem when it has no history at all that could be told of
     */
    public static Report read(RunFolder folder) {
        var salvaged = HistoryFile.salvage(folder.history());
        if (salvaged.histories().isEmpty()) {
            throw salvaged.damage().stream()
                    .findFirst()
                    .orElseGet(() -> new Problem(
                            folder.history() + " holds no scenario",
                            "The run ended before its first scenario began: run it again."));
        }
        return new Report(folder, salvaged.histories(), salvaged.damage());
    }

    /**
     * Writes all of it, each file at once in the place of an older one.
     *
     * @throws Problem when the disk is full or the folder not writable
     */
    public void write() {
        try {
            replace(folder.summary(), Summary.of(histories).json());
            replace(folder.junit(), new JUnitXml(histories, damage).text());
            replace(folder.metrics(), Metrics.of(histories));
            replace(folder.page(), new Page(this).html());
            new AllureResults(this).write();
        } catch (IOException unwritable) {
            throw new Problem(
                    "cannot write the report into " + folder.path() + ": " + unwritable,
                    "Make room on the disk, or make the folder writable; then ./chaos report " + folder.name()
                            + " makes it from the history.",
                    unwritable);
        }
    }

    /** Every scenario with all its trials. */
    List<Series> series() {
        return Series.of(histories);
    }

    /** The files that were kept of a scenario, in order. */
    List<Path> evidence(History history) throws IOException {
        var below = folder.evidence(history.began().setting());
        if (Files.notExists(below)) {
            return List.of();
        }
        try (var files = Files.walk(below)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void replace(Path file, String text) throws IOException {
        var next = file.resolveSibling("." + file.getFileName() + ".next");
        Files.writeString(next, text, StandardCharsets.UTF_8);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
