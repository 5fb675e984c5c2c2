package aeterna.chaos.image;

import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.process.Invocation;
import aeterna.chaos.process.Programs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Runs programs as one step of a build: all they say goes to a log file, what it means to the progress, and the end of it
 * into the problem when one fails. For one thread.
 */
final class LoggedStep implements AutoCloseable {
    private static final int TOLD_LINES = 15;

    /** What programs say when they cannot reach where packages come from. */
    private static final Pattern UNPLUGGED =
            Pattern.compile("(?i)no such host|could not resolve|temporary failure (in name )?resol|"
                    + "connection refused|connection reset|connection timed out|i/o timeout|network is unreachable|"
                    + "tls handshake timeout|could not connect|failed to establish a new connection|"
                    + "failed getting release file|unable to connect|server misbehaving|proxyconnect");

    private final Programs programs;
    private final String what;
    private final Path log;
    private final PrintWriter writer;
    private final Progress.Step step;
    private final Deque<String> tail = new ArrayDeque<>();
    private boolean unplugged;
    private boolean failed;

    /** Understands what a program says. */
    @FunctionalInterface
    interface Reading {
        void line(String line, Progress.Step step);
    }

    LoggedStep(Programs programs, Progress progress, String what, Duration expected, Path log) {
        this.programs = programs;
        this.what = what;
        this.log = log;
        try {
            writer = new PrintWriter(Files.newBufferedWriter(log, StandardCharsets.UTF_8), true);
        } catch (IOException unwritable) {
            throw new Problem(
                    "the log file " + log + " cannot be written: " + unwritable.getMessage(),
                    "Make its folder writable.",
                    unwritable);
        }
        step = progress.begin(what, expected);
    }

    Progress.Step step() {
        return step;
    }

    /** Runs a program; throws a {@link Problem} when it fails. */
    void run(Invocation invocation, Reading reading) {
        int exitCode = tryRun(invocation, reading);
        if (exitCode != 0) {
            throw failure("'" + invocation.program() + "' ended with exit code " + exitCode);
        }
    }

    /** Runs a program; its exit code. */
    int tryRun(Invocation invocation, Reading reading) {
        writer.println("$ " + invocation);
        try {
            return programs.run(invocation, line -> {
                writer.println(line);
                synchronized (tail) {
                    tail.addLast(line);
                    if (tail.size() > TOLD_LINES) {
                        tail.removeFirst();
                    }
                    unplugged |= UNPLUGGED.matcher(line).find();
                }
                reading.line(line, step);
            });
        } catch (Problem problem) {
            failed = true;
            step.failed(problem.getMessage());
            throw problem;
        } catch (RuntimeException interrupted) {
            failed = true;
            step.failed("interrupted; what is finished is kept");
            throw interrupted;
        }
    }

    /** What the programs said last. */
    List<String> tail() {
        synchronized (tail) {
            return List.copyOf(tail);
        }
    }

    /** Ends the step badly; the problem to throw. */
    Problem failure(String why) {
        failed = true;
        step.failed(why);
        String remedy = "The whole output is in " + log + ". ";
        synchronized (tail) {
            remedy += unplugged
                    ? "It looks as if the packages' registry cannot be reached: check the network or the proxy and run again; what is finished is kept."
                    : "Mend that and run again; what is finished is kept.";
        }
        List<String> last = tail();
        String said = last.isEmpty() ? ", without a word" : "; its last lines:\n    " + String.join("\n    ", last);
        return new Problem(what + " failed: " + why + said, remedy);
    }

    @Override
    public void close() {
        writer.close();
        if (!failed) {
            step.close();
        }
    }
}
