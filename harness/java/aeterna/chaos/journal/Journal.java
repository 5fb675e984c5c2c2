package aeterna.chaos.journal;

import aeterna.chaos.jsonl.JsonLines;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Undo;
import aeterna.chaos.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;

/**
 * What is broken, or may be: a file in which every act is announced, fsynced, before it is done, and signed off once it
 * is undone. What is announced and not signed off is healed by whoever comes next.
 */
public final class Journal {
    private final Path file;
    private final Clock clock;
    private final Watcher watcher;

    /**
     * For those who only heal.
     *
     * @param file made by the first announcement
     */
    public Journal(Path file, Clock clock) {
        this(file, clock, Watcher.none());
    }

    /**
     * @param file made by the first announcement
     * @param watcher must watch before anything is announced
     */
    public Journal(Path file, Clock clock, Watcher watcher) {
        this.file = file;
        this.clock = clock;
        this.watcher = watcher;
    }

    /** A line of the file. */
    public sealed interface Line {
        /**
         * An act is about to happen.
         *
         * @param id names this announcement
         * @param wallTime when it was announced
         * @param testbed on which testbed
         * @param fault the report's line
         * @param undo the steps back, taken from last to first
         */
        record Announced(String id, Instant wallTime, String testbed, String fault, List<Undo> undo) implements Line {
            public Announced {
                undo = List.copyOf(undo);
            }
        }

        /** The act of that announcement is undone completely. */
        record SignedOff(String id, Instant wallTime) implements Line {}
    }

    /** Announces an act: when this returns, the way back from it outlives the process and the machine, and somebody watches. */
    public Line.Announced announce(String testbed, String fault, List<Undo> undo) {
        watcher.demandWatching();
        var announced = new Line.Announced(UUID.randomUUID().toString(), clock.wallTime(), testbed, fault, undo);
        write(announced);
        return announced;
    }

    /** What may still be broken on a testbed, oldest first. */
    public List<Line.Announced> open(String testbed) {
        if (Files.notExists(file)) {
            return List.of();
        }
        var open = new LinkedHashMap<String, Line.Announced>();
        for (var line : JsonLines.read(file, Line.class)) {
            if (line instanceof Line.Announced announced && announced.testbed().equals(testbed)) {
                open.put(announced.id(), announced);
            } else if (line instanceof Line.SignedOff signedOff) {
                open.remove(signedOff.id());
            }
        }
        return List.copyOf(open.values());
    }

    /**
     * Undoes what may still be broken on a testbed, newest first. A step that fails stops no other step; its announcement
     * stays open.
     *
     * @return what was healed, oldest last; empty when nothing was open
     * @throws Problem naming every step that failed
     */
    public List<Line.Announced> heal(String testbed, Healer healer) {
        var healed = new ArrayList<Line.Announced>();
        var failures = new ArrayList<RuntimeException>();
        for (var announced : newestFirst(open(testbed))) {
            var failuresBefore = failures.size();
            failures.addAll(undo(announced, healer));
            if (failures.size() == failuresBefore) {
                try {
                    write(new Line.SignedOff(announced.id(), clock.wallTime()));
                    healed.add(announced);
                } catch (Problem diskFull) {
                    // Undone again by whoever comes next, which does no harm; older damage must not wait for that.
                    failures.add(diskFull);
                }
            }
        }
        demandNone(failures);
        return healed;
    }

    /** Undoes as {@link #heal} does and signs nothing off: for those who will do it once more. */
    public void undo(String testbed, Healer healer) {
        var failures = new ArrayList<RuntimeException>();
        newestFirst(open(testbed)).forEach(announced -> failures.addAll(undo(announced, healer)));
        demandNone(failures);
    }

    private static List<RuntimeException> undo(Line.Announced announced, Healer healer) {
        var failures = new ArrayList<RuntimeException>();
        for (var undo : newestFirst(announced.undo())) {
            try {
                healer.heal(undo);
            } catch (RuntimeException failed) {
                failures.add(new IllegalStateException(undo + ": " + failed.getMessage(), failed));
            }
        }
        return failures;
    }

    private static void demandNone(List<RuntimeException> failures) {
        if (!failures.isEmpty()) {
            var problem = new Problem(
                    "not everything could be undone: "
                            + String.join(
                                    "; ",
                                    failures.stream().map(Throwable::getMessage).toList()),
                    "Put that right and run ./chaos heal, or remove the testbed with ./chaos down.");
            failures.forEach(problem::addSuppressed);
            throw problem;
        }
    }

    private void write(Line line) {
        try (var lines = JsonLines.append(file, Line.class)) {
            lines.write(line);
            lines.sync();
        } catch (IOException unwritable) {
            throw new Problem(
                    "cannot write the journal " + file + ": " + unwritable.getMessage(),
                    "Make room on the disk; nothing is broken that is not in the journal.",
                    unwritable);
        }
    }

    private static <T> List<T> newestFirst(List<T> list) {
        var reversed = new ArrayList<>(list);
        Collections.reverse(reversed);
        return reversed;
    }
}
