package aeterna.chaos.history;

import aeterna.chaos.jsonl.JsonLines;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Problem;
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

    @Override
    public void close() {
        lines.close();
    }
}
