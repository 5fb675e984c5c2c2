package aeterna.chaos.bench;

import aeterna.chaos.model.Problem;
import aeterna.chaos.process.Invocation;
import aeterna.chaos.process.Programs;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A part of a measurement in a process of its own, with this process's own Java options; closing it ends it. */
final class OtherProcess implements AutoCloseable {
    private static final Duration LEAVING = Duration.ofSeconds(10);

    private final String name;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Thread thread;

    private OtherProcess(String name, Programs programs, Invocation invocation) {
        this.name = name;
        thread = new Thread(() -> run(programs, invocation), name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Starts a process.
     *
     * @param main its entry point, which must call {@link #endWithItsParent()}
     */
    static OtherProcess start(Programs programs, Class<?> main, Object... arguments) {
        return start(programs, List.of(), main, arguments);
    }

    /**
     * Starts a process that goes before all others where the system permits that, as a measure has to that others are held
     * against: starved itself, it would be down for longer than it says.
     *
     * @param main its entry point, which must call {@link #endWithItsParent()}
     */
    static OtherProcess startAhead(Programs programs, Class<?> main, Object... arguments) {
        var ahead = List.of("nice", "-n", "-10");
        var asked = programs.capture(Invocation.of("nice", "-n", "-10", "nice").atMost(LEAVING));
        var permitted = asked.ok() && asked.out().strip().equals("-10");
        return start(programs, permitted ? ahead : List.of(), main, arguments);
    }

    private static OtherProcess start(Programs programs, List<String> before, Class<?> main, Object... arguments) {
        var command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        Arrays.stream(arguments).map(Object::toString).forEach(command::add);
        return new OtherProcess(main.getSimpleName(), programs, Invocation.of(command));
    }

    /** For the process itself: it ends when the process that started it is gone, however that came about. */
    static void endWithItsParent() {
        var parent = ProcessHandle.current().parent();
        if (parent.isEmpty()) {
            Runtime.getRuntime().halt(1);
            return;
        }
        var unused = parent.get().onExit().thenRun(() -> Runtime.getRuntime().halt(1));
    }

    private void run(Programs programs, Invocation invocation) {
        try {
            int exitCode = programs.run(invocation, lines::add);
            lines.add("ended with exit code " + exitCode);
        } catch (CancellationException closed) {
            lines.add("ended");
        } catch (Problem notStarted) {
            lines.add(notStarted.getMessage());
        }
    }

    /** The next line it says. */
    String line(Duration within) {
        try {
            var line = lines.poll(within.toNanos(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new Problem(
                        name + " says nothing for " + within.toSeconds() + " s", "Is the machine overloaded?");
            }
            return line;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw (CancellationException)
                    new CancellationException(name + " is no longer waited for").initCause(interrupted);
        }
    }

    /** That it said something it should not have, and all it said after that. */
    Problem complaint(String line) {
        return new Problem(
                name + " says: " + line
                        + lines.stream().map(more -> "\n  " + more).collect(Collectors.joining()),
                "Run it again; it is a defect of the harness if it says so again.");
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(LEAVING.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
