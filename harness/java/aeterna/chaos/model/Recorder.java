package aeterna.chaos.model;

/** Where everything seen is written down. Thread-safe; never blocks for long, never throws. */
@FunctionalInterface
public interface Recorder {
    /** Appends an entry; one that comes after the history was closed is dropped. */
    void record(Entry entry);
}
