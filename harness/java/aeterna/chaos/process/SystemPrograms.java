package aeterna.chaos.process;

import aeterna.chaos.model.Problem;
import aeterna.chaos.time.DurationText;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The programs of the machine that this process runs on. */
public final class SystemPrograms implements Programs {
    /** How long an ended program may take to leave before it is killed. */
    private static final Duration GRACE = Duration.ofSeconds(3);

    private final String searchPath;
    private final Set<Process> running = ConcurrentHashMap.newKeySet();

    /**
     * @param searchPath folders to look for programs, as in the variable PATH
     */
    public SystemPrograms(String searchPath) {
        this.searchPath = searchPath;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> running.forEach(SystemPrograms::end), "end-programs"));
    }

    @Override
    public int run(Invocation invocation, Consumer<String> lines) {
        Process process = start(invocation, true);
        var reader = reading("output of " + invocation.program(), () -> readLines(process.getInputStream(), lines));
        int exitCode = await(process, invocation);
        reader.join();
        return exitCode;
    }

    @Override
    public Output capture(Invocation invocation) {
        Process process = start(invocation, false);
        var out = new StringBuilder();
        var err = new StringBuilder();
        var outReader = reading(
                "output of " + invocation.program(),
                () -> readLines(
                        process.getInputStream(), line -> out.append(line).append('\n')));
        var errReader = reading(
                "errors of " + invocation.program(),
                () -> readLines(
                        process.getErrorStream(), line -> err.append(line).append('\n')));
        int exitCode = await(process, invocation);
        outReader.join();
        errReader.join();
        return new Output(
                exitCode, out.toString().stripTrailing(), err.toString().stripTrailing());
    }

    @Override
    public Optional<Path> find(String program) {
        if (program.contains("/")) {
            return Optional.of(Path.of(program)).filter(Files::isExecutable);
        }
        return Stream.of(searchPath.split(Pattern.quote(File.pathSeparator), -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    private Process start(Invocation invocation, boolean merged) {
        Path program = find(invocation.program())
                .orElseThrow(() -> new Problem(
                        "the program '" + invocation.program() + "' is not on this machine's PATH",
                        "Install it; ./chaos doctor says how."));
        var command = new ArrayList<>(invocation.command());
        command.set(0, program.toString());
        var builder = new ProcessBuilder(command).redirectErrorStream(merged);
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        invocation.directory().ifPresent(folder -> builder.directory(folder.toFile()));
        builder.environment().putAll(invocation.environment());
        try {
            Process process = builder.start();
            running.add(process);
            return process;
        } catch (IOException notStarted) {
            throw new Problem(
                    "'" + invocation + "' could not be started: " + notStarted.getMessage(),
                    "Check that the program is whole and that its folder is there.",
                    notStarted);
        }
    }

    private int await(Process process, Invocation invocation) {
        try {
            if (invocation.patience().isPresent()) {
                Duration patience = invocation.patience().get();
                if (!process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                    throw new Problem(
                            "'" + invocation + "' has not ended within " + DurationText.of(patience),
                            "Run it by hand to see what it waits for.");
                }
            }
            return process.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw (CancellationException) new CancellationException("'" + invocation + "' was ended before it was done")
                    .initCause(interrupted);
        } finally {
            if (process.isAlive()) {
                end(process);
            }
            running.remove(process);
        }
    }

    /** Ends a program and everything it started; the children first asked for, as they are lost with their parent. */
    private static void end(Process process) {
        Collection<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        children.forEach(ProcessHandle::destroy);
        boolean interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(GRACE.toNanos(), TimeUnit.NANOSECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException again) {
            interrupted = true;
            process.destroyForcibly();
        }
        children.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Reader reading(String what, Runnable work) {
        var thread = new Thread(work, what);
        thread.setDaemon(true);
        thread.start();
        return new Reader(thread);
    }

    private static void readLines(InputStream stream, Consumer<String> lines) {
        try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.accept(line);
            }
        } catch (IOException closed) {
            // The stream of a program ended by force closes under the reader: that is the end of the output.
            lines.accept("");
        }
    }

    /** A thread that reads a program's output. A daemon left behind may hold the pipe open for ever: the wait has an end. */
    private record Reader(Thread thread) {
        void join() {
            try {
                thread.join(GRACE.toMillis());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
