package aeterna.chaos.bench;

import aeterna.chaos.client.HttpEntrance;
import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.model.Client;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Expectation;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Hold;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.model.Setting;
import aeterna.chaos.model.Trial;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.time.Waiting;
import aeterna.chaos.workload.AckedWrites;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;

/** Measures one server's downtimes, one after the other, as a run would: the same clients, the same history, the same judge. */
final class Trials implements AutoCloseable {
    /** Four clients of these are 200 requests a second. */
    static final Duration SPACING = Duration.ofMillis(20);

    /** As many OK requests as a run demands of its clients before the act. */
    private static final int WARM = 20;

    /** The moment of the act and the length of the downtime differ by up to this, so that they never keep step with the schedule. */
    private static final Duration CHANCE = Duration.ofMillis(100);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final int server;
    private final String address;
    private final Socket orders;
    private final BufferedReader answers;
    private final Path file;
    private final HistoryFile histories;
    private final Timekeeper time;
    private final Random random;

    /**
     * @param server which of the servers
     * @param port where it listens
     * @param ordersTo the port where orders are taken
     */
    Trials(int server, int port, int ordersTo, Timekeeper time, Random random) {
        this.server = server;
        this.time = time;
        this.random = random;
        address = "http://127.0.0.1:" + port;
        try {
            orders = new Socket(InetAddress.getLoopbackAddress(), ordersTo);
            answers = new BufferedReader(new InputStreamReader(orders.getInputStream(), StandardCharsets.UTF_8));
            file = Files.createTempFile("probe-", ".jsonl");
        } catch (IOException failed) {
            throw gone(failed);
        }
        histories = HistoryFile.open(file);
    }

    /** One downtime, as each client measured it. */
    List<Measured> measure(Part part) {
        var downtime = part.nominal().plus(byChance());
        var unused = order(OutageServers.FORGET);
        try (var recording = histories.begin(began(time, part.toString()))) {
            var oks = new TreeMap<String, AtomicInteger>();
            Recorder recorder = entry -> {
                recording.record(entry);
                if (entry instanceof Op op && op.ok()) {
                    oks.get(op.client()).incrementAndGet();
                } else if (entry instanceof Entry.ClientBegan client) {
                    oks.put(client.client().name(), new AtomicInteger());
                }
            };
            var running = AckedWrites.through(new HttpEntrance("api", address), SPACING)
                    .start(time, recorder);
            Truth truth;
            try (running) {
                demand(
                        () -> oks.values().stream().allMatch(count -> count.get() >= WARM),
                        "its clients never warmed up");
                time.pause(byChance());
                recorder.record(new Entry.Injecting(time.nanos(), new Injected(Hit.none(), List.of())));
                truth = goDown(part.darkness(), downtime);
                time.pause(settled(recording.history()).plus(SPACING.multipliedBy(3)));
                recorder.record(new Entry.PhaseBegan(time.nanos(), Phase.READ_BACK));
                running.stop();
                demand(running::idle, "its clients never became idle");
            }
            return Measured.of(recording.history(), truth);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw (CancellationException)
                    new CancellationException("the measurement was ended before it was done").initCause(interrupted);
        }
    }

    private void demand(Callable<Boolean> condition, String otherwise) {
        if (!Waiting.atMost(PATIENCE).untilTrue(condition)) {
            throw new Problem(
                    "the measurement at " + address + " proves nothing: " + otherwise,
                    "Measure when the machine has something to spare; --resume keeps what there is.");
        }
    }

    private static Duration settled(History history) {
        return history.clients().stream()
                .map(Client::settled)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    private Truth goDown(Darkness darkness, Duration downtime) {
        return JsonMapper.shared().readValue(order(darkness.name() + " " + downtime.toNanos()), Truth.class);
    }

    private String order(String what) {
        try {
            orders.getOutputStream().write((server + " " + what + "\n").getBytes(StandardCharsets.US_ASCII));
            var answer = answers.readLine();
            if (answer == null) {
                throw new IOException("the connection was closed");
            }
            return answer;
        } catch (IOException failed) {
            throw gone(failed);
        }
    }

    private static Problem gone(IOException failed) {
        return new Problem(
                "the servers of known downtime cannot be told what to do: " + failed.getMessage(),
                "Continue with --resume.",
                failed);
    }

    private Duration byChance() {
        return Duration.ofNanos((long) (random.nextDouble() * CHANCE.toNanos()));
    }

    /** The beginning of a history that is about no testbed. */
    static Entry.Began began(Timekeeper time, String experiment) {
        return new Entry.Began(
                time.nanos(),
                time.wallTime(),
                new Setting(
                        "bench",
                        "probe",
                        Trial.ONLY,
                        0,
                        "none",
                        "",
                        "none",
                        new TreeMap<>(),
                        Expectation.held(),
                        List.of()),
                experiment,
                "a server goes down",
                Hold.oneShot(),
                List.of());
    }

    @Override
    public void close() {
        histories.close();
        try {
            orders.close();
            Files.deleteIfExists(file);
        } catch (IOException left) {
            throw gone(left);
        }
    }
}
