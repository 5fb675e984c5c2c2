package aeterna.chaos.history;

import aeterna.chaos.jsonl.JsonLines;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Recorder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One scenario's history as it is written. Thread-safe. */
public final class Recording implements Recorder, AutoCloseable {
    private final JsonLines<Entry> lines;
    private final List<Entry> entries = new ArrayList<>();
    private IOException failure;
    private boolean closed;

    Recording(JsonLines<Entry> lines) {
        this.lines = lines;
    }

    @Override
    public synchronized void record(Entry entry) {
        if (closed) {
            return;
        }
        entries.add(entry);
        try {
            lines.write(entry);
        } catch (IOException unwritable) {
            keep(unwritable);
        }
    }

    /** Brings everything recorded so far to the disk for good. */
    public synchronized void save() {
        try {
            lines.sync();
        } catch (IOException unwritable) {
            keep(unwritable);
        }
    }

    /** Why the history is incomplete on the disk, such as a full one; empty while all is well. */
    public synchronized Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Everything recorded so far. */
    public synchronized History history() {
        return new History(entries);
    }

    /** Takes no further entries. */
    @Override
    public synchronized void close() {
        closed = true;
    }

    private void keep(IOException unwritable) {
        if (failure == null) {
            failure = unwritable;
        }
    }
}
