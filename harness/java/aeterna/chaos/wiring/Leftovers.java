package aeterna.chaos.wiring;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.journal.Healer;
import aeterna.chaos.journal.Journal;
import aeterna.chaos.journal.WatcherLog;
import java.util.function.Consumer;

/**
 * What earlier runs left on a testbed.
 *
 * @param journal what may still be broken
 * @param log what the watcher undid meanwhile
 */
public record Leftovers(Journal journal, WatcherLog log) {
    /** Undoes all of it; for a process that keeps the testbed. */
    public void undo(Testbed testbed, Consumer<String> tell) {
        log.putAside().forEach(line -> tell.accept("the watcher of an earlier run: " + line));
        testbed.removeStrays();
        for (var announced : journal.heal(testbed.name(), Healer.through(testbed))) {
            tell.accept("undone: " + announced.fault() + " (announced " + announced.wallTime() + ")");
        }
    }
}
