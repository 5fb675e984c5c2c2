package aeterna.chaos.process;

import aeterna.chaos.model.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that goes on when this process ends, however that comes about. It runs in a session of its own, so that no
 * signal to the terminal or to this process's group reaches it, and learns of the end by its standard input: a pipe that
 * nobody but this process holds open, and that the kernel closes with it. A process that is merely stopped keeps it open.
 */
public final class Outliving implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    private Outliving(Process process) {
        this.process = process;
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /**
     * Starts a program.
     *
     * @param log what it says on standard error is appended to it
     */
    public static Outliving start(Programs programs, List<String> command, Path log) {
        var whole = new ArrayList<String>();
        // Where there is no such program (only Linux has it), a signal to the whole process group ends this one as
        // well.
        programs.find("setsid").ifPresent(setsid -> whole.add(setsid.toString()));
        whole.addAll(command);
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            return new Outliving(new ProcessBuilder(whole)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start());
        } catch (IOException notStarted) {
            throw new Problem(
                    command.get(0) + " could not be started: " + notStarted.getMessage(),
                    "See that it is there, and that " + log + " can be written.",
                    notStarted);
        }
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it runs. */
    public boolean alive() {
        return process.isAlive();
    }

    /** The next line of its standard output, waited for; {@code null} when it has closed that. */
    public String line() throws IOException {
        return out.readLine();
    }

    /** Ends its standard input, and leaves it to itself. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            out.close();
        } catch (IOException goneAlready) {
            // Then it has noticed.
        }
    }
}
