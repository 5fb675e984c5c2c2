package aeterna.chaos.journal;

import aeterna.chaos.cluster.Provider;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Problem;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * What a watcher does once the process that it watched is gone: it undoes what that one left, unless somebody else does.
 *
 * <p>Everything is undone twice: what the engine was just being asked to do when the process died may land after the first time.
 */
public final class Vigil {
    /** An engine's act takes well under a second, a helper container's one or two on a busy machine. */
    private static final Duration LATE = Duration.ofSeconds(2);

    /** Undoing takes seconds; this long only when the engine hangs. */
    private static final Duration ONE_TRY = Duration.ofMinutes(1);

    private static final Duration PAUSE = Duration.ofMillis(250);

    /** Long enough for an engine to be restarted by hand; after that the next run has to see to it. */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private final Journal journal;
    private final Provider provider;
    private final Timekeeper time;
    private final Consumer<String> log;
    private String lastTrouble = "";

    /**
     * @param log gets what is done, line by line; nothing when there is nothing to do
     */
    public Vigil(Journal journal, Provider provider, Timekeeper time, Consumer<String> log) {
        this.journal = journal;
        this.provider = provider;
        this.time = time;
        this.log = log;
    }

    /**
     * Undoes what is announced on a testbed and not signed off.
     *
     * @return false when something may still be broken
     */
    public boolean keep(String testbed) throws InterruptedException {
        var end = time.nanos() + PATIENCE.toNanos();
        while (true) {
            try {
                if (journal.open(testbed).isEmpty() || undo(testbed)) {
                    return true;
                }
            } catch (InterruptedException stopped) {
                throw stopped;
            } catch (Exception failed) {
                tell(failed);
            }
            if (time.nanos() >= end) {
                log.accept("gave up after " + PATIENCE.toMinutes() + " min: ./chaos heal has to undo the rest");
                return false;
            }
            time.pause(PAUSE);
        }
    }

    private boolean undo(String testbed) throws Exception {
        Provider.Reservation reservation;
        try {
            reservation = provider.reserve(testbed, Provider.Purpose.UNDO);
        } catch (Problem kept) {
            // Whoever came first undoes what is left before anything else.
            return false;
        }
        try (reservation) {
            var found = provider.find(testbed);
            if (found.isEmpty()) {
                log.accept("the testbed is gone, and what was broken with it");
                return true;
            }
            try (var there = found.get()) {
                return time.within(ONE_TRY, () -> undo(there));
            }
        }
    }

    private boolean undo(Testbed testbed) throws InterruptedException {
        var healer = Healer.through(testbed);
        testbed.removeStrays();
        journal.undo(testbed.name(), healer);
        time.pause(LATE);
        testbed.removeStrays();
        journal.heal(testbed.name(), healer)
                .forEach(announced ->
                        log.accept("undone: " + announced.fault() + " (announced " + announced.wallTime() + ")"));
        return journal.open(testbed.name()).isEmpty();
    }

    /** Once, however often it is tried again: somebody else may hold the testbed for minutes. */
    private void tell(Exception failed) {
        var trouble = failed instanceof Problem ? failed.getMessage() : failed.toString();
        if (!trouble.equals(lastTrouble)) {
            lastTrouble = trouble;
            log.accept("not undone yet: " + trouble);
        }
    }
}
