package aeterna.chaos.wiring;

import aeterna.chaos.cluster.Provider;
import aeterna.chaos.image.ImageMode;
import aeterna.chaos.journal.Journal;
import aeterna.chaos.journal.Vigil;
import aeterna.chaos.journal.Watcher;
import aeterna.chaos.model.Progress;
import aeterna.chaos.process.SystemPrograms;
import aeterna.chaos.time.Timekeeper;
import java.io.IOException;
import java.nio.file.Path;

/** The watcher's process: waits for the end of its standard input, which is the end of the process that it watches. */
public final class WatcherMain {
    /** What it says once it watches, and all it ever says on standard output. */
    static final String WATCHING = "watching";

    private WatcherMain() {}

    /** Watches until what it watches is gone and everything is undone. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var testbed = arguments[1];
        var time = Timekeeper.system();
        var environment = System.getenv();
        var harness = new Harness(
                Path.of(arguments[0]),
                new Settings(testbed, Settings.TOPOLOGY, Settings.TIMERS, ImageMode.OFFLINE),
                new SystemPrograms(environment.getOrDefault("PATH", "")),
                environment);
        var provider = harness.provider(Progress.none());
        var journal = harness.journal(time, Watcher.none());
        var vigil = new Vigil(
                journal,
                provider,
                time,
                line -> System.err.println(time.wallTime() + " (process " + arguments[2] + " ended) " + line));
        loadClasses(provider, journal, testbed);
        System.out.println(WATCHING);
        awaitEnd();
        var undone = vigil.keep(testbed);
        // Past the libraries' own hooks: what Testcontainers clears away at an exit is not the watcher's business, nor
        // its log's.
        Runtime.getRuntime().halt(undone ? 0 : 1);
    }

    /** Now, not later: what they are loaded from may have been compiled anew by then. */
    private static void loadClasses(Provider provider, Journal journal, String testbed) {
        try (var found = provider.find(testbed).orElseThrow()) {
            found.machines().all();
            found.cluster().nodes();
            journal.open(testbed);
        } catch (RuntimeException busy) {
            // A testbed that cannot be looked at just now is one to watch all the more.
        }
    }

    private static void awaitEnd() throws IOException {
        var ignored = new byte[64];
        int read;
        do {
            read = System.in.read(ignored);
        } while (read >= 0);
    }
}
