package aeterna.chaos.wiring;

import aeterna.chaos.journal.Watcher;
import aeterna.chaos.model.Problem;
import aeterna.chaos.process.Outliving;
import aeterna.chaos.process.Programs;
import aeterna.chaos.time.Timekeeper;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The watcher as a Java process of its own, which replays the journal with the very code of this one; started anew when it
 * is gone. Closing it lets it go, and it ends unless there is something to undo. Thread-safe.
 */
public final class WatcherProcess implements Watcher, AutoCloseable {
    /** It takes one or two seconds on two idle cores. */
    private static final Duration START = Duration.ofSeconds(60);

    /** It waits for its whole life but the last seconds: little memory, no optimizing compiler. */
    private static final List<String> SMALL =
            List.of("-Xms8m", "-Xmx64m", "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

    private final Path home;
    private final String testbed;
    private final Path log;
    private final Programs programs;
    private final Timekeeper time;
    private Outliving running;
    private boolean watching;

    WatcherProcess(Path home, String testbed, Path log, Programs programs, Timekeeper time) {
        this.home = home;
        this.testbed = testbed;
        this.log = log;
        this.programs = programs;
        this.time = time;
    }

    /** Starts it, without waiting until it watches. */
    public synchronized void start() {
        if (running == null || !running.alive()) {
            watching = false;
            running = Outliving.start(programs, command(), log);
        }
    }

    private List<String> command() {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SMALL);
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-XX:SharedArchiveFile="))
                .forEach(command::add);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                WatcherMain.class.getName(),
                home.toString(),
                testbed,
                Long.toString(ProcessHandle.current().pid())));
        return command;
    }

    @Override
    public synchronized void demandWatching() {
        start();
        if (watching) {
            return;
        }
        String said;
        try {
            said = time.within(START, running::line);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new Problem("interrupted while the watcher started", "Run the command again.", stopped);
        } catch (Exception silent) {
            throw notWatching(silent);
        }
        watching = WatcherMain.WATCHING.equals(said);
        if (!watching) {
            throw notWatching(null);
        }
    }

    private Problem notWatching(Exception cause) {
        return new Problem(
                "the watcher, which would undo the damage if this process died, does not start",
                "See " + log + "; without it nothing is broken.",
                cause);
    }

    @Override
    public synchronized void close() {
        if (running != null) {
            running.close();
        }
    }
}
