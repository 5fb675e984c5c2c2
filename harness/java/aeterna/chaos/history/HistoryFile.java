package aeterna.chaos.history;

import aeterna.chaos.jsonl.JsonLines;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The file that holds the histories of a whole run, one scenario's after the other. */
public final class HistoryFile implements AutoCloseable {
    private final JsonLines<Entry> lines;

    private HistoryFile(JsonLines<Entry> lines) {
        this.lines = lines;
    }

    /** Opens a run's file, new or to be continued. */
    public static HistoryFile open(Path file) {
        return new HistoryFile(JsonLines.append(file, Entry.class));
    }

    /** Begins the next scenario's history; the one before is closed by then. */
    public Recording begin(Entry.Began began) {
        var recording = new Recording(lines);
        recording.record(began);
        return recording;
    }

    /**
     * Every history in a file; one whose writer was killed ends where it ended.
     *
     * @throws Problem when it is no file of ours
     */
    public static List<History> read(Path file) {
        var histories = new ArrayList<History>();
        var entries = new ArrayList<Entry>();
        for (var entry : JsonLines.read(file, Entry.class)) {
            if (entry instanceof Entry.Began && !entries.isEmpty()) {
                histories.add(new History(entries));
                entries.clear();
            }
            if (entries.isEmpty() && !(entry instanceof Entry.Began)) {
                throw new Problem(
                        file + " does not begin with the beginning of a run",
                        "The file was cut at its head: fetch the whole one.");
            }
            entries.add(entry);
        }
        if (!entries.isEmpty()) {
            histories.add(new History(entries));
        }
        return histories;
    }

    /**
     * What can still be told of a file, part of which may be damaged.
     *
     * @param histories all whose beginning is there; a damaged one ends before the damage, and is VOID because of it
     * @param damage what is wrong and where
     */
    public record Salvaged(List<History> histories, List<Problem> damage) {
        public Salvaged {
            histories = List.copyOf(histories);
            damage = List.copyOf(damage);
        }
    }

    /**
     * Every history in a file as far as it can be read; damage in one of them leaves the others whole.
     *
     * @throws Problem when there is no such file
     */
    public static Salvaged salvage(Path file) {
        var histories = new ArrayList<History>();
        var damage = new ArrayList<Problem>();
        var entries = new ArrayList<Entry>();
        var lost = false;
        for (var line : JsonLines.lines(file, Entry.class)) {
            var began = line.value().filter(Entry.Began.class::isInstance).isPresent();
            if (began) {
                end(entries, histories);
                lost = false;
            } else if (!lost && line.damage().isPresent()) {
                damage.add(line.damage().get());
                breakOff(entries, line.damage().get());
                lost = true;
            } else if (!lost && entries.isEmpty()) {
                damage.add(new Problem(
                        file + " does not begin with the beginning of a run",
                        "The file was cut at its head: fetch the whole one."));
                lost = true;
            }
            if (!lost) {
                line.value().ifPresent(entries::add);
            }
        }
        end(entries, histories);
        return new Salvaged(histories, damage);
    }

    private static void end(List<Entry> entries, List<History> histories) {
        if (!entries.isEmpty()) {
            histories.add(new History(entries));
            entries.clear();
        }
    }

    /** What is behind the damage may change everything said before it, the verdict included. */
    private static void breakOff(List<Entry> entries, Problem damage) {
        if (!entries.isEmpty()) {
            var at = entries.stream()
                    .filter(entry -> !(entry instanceof Finding))
                    .mapToLong(Entry::at)
                    .max()
                    .orElseThrow();
            entries.removeIf(entry -> entry instanceof Finding || entry instanceof Entry.Judged);
            entries.add(new Entry.Judged(at, Verdict.VOID, "its history is damaged: " + damage.getMessage()));
        }
    }

    @Override
    public void close() {
        lines.close();
    }
}
