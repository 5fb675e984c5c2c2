package aeterna.chaos.bench;

import aeterna.chaos.model.Problem;
import aeterna.chaos.process.Invocation;
import aeterna.chaos.process.Programs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A process in a group of its own that is started to be killed, and what it said until then. */
final class CrashedProcess {
    private static final int LAST_LINES = 15;

    private final Programs programs;
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> said = new ArrayList<>();

    private CrashedProcess(Programs programs, Process process) {
        this.programs = programs;
        this.process = process;
        var reading = new Thread(this::read, "crashed-process");
        reading.setDaemon(true);
        reading.start();
    }

    static CrashedProcess start(Programs programs, List<String> command) {
        var whole = new ArrayList<>(List.of("setsid"));
        whole.addAll(command);
        try {
            return new CrashedProcess(
                    programs,
                    new ProcessBuilder(whole).redirectErrorStream(true).start());
        } catch (IOException notStarted) {
            throw new Problem(
                    command.get(0) + " could not be started: " + notStarted.getMessage(),
                    "This measurement needs setsid, which is part of every Linux.",
                    notStarted);
        }
    }

    private void read() {
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
        } catch (IOException ended) {
            // Nothing more is said.
        }
    }

    /** Waits until it says something that contains the text; false when it ends first. */
    boolean says(String text, Duration patience) throws InterruptedException {
        for (var left = patience.toMillis(); left > 0; left -= 100) {
            var line = lines.poll(100, TimeUnit.MILLISECONDS);
            if (line != null) {
                said.add(line);
                left += 100;
                if (line.contains(text)) {
                    return true;
                }
            } else if (!process.isAlive()) {
                return false;
            }
        }
        return false;
    }

    /** Everything it has said, up to now. */
    List<String> said() {
        lines.drainTo(said);
        return List.copyOf(said);
    }

    /** The last of it, for a complaint. */
    String end() {
        var all = said();
        return all.subList(Math.max(0, all.size() - LAST_LINES), all.size()).stream()
                .map(line -> "\n  " + line)
                .collect(Collectors.joining());
    }

    boolean alive() {
        return process.isAlive();
    }

    /** SIGKILL, and back when it is dead: to the process alone, or to its whole group. */
    void kill(boolean group) throws InterruptedException {
        if (group) {
            programs.capture(Invocation.of("kill", "-KILL", "--", "-" + process.pid()));
        } else {
            process.destroyForcibly();
        }
        process.waitFor();
    }
}
