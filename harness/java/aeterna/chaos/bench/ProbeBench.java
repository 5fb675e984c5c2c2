package aeterna.chaos.bench;

import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.process.Programs;
import aeterna.chaos.time.Clock;
import aeterna.chaos.time.Timekeeper;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** How true measured outages are on a machine that has nothing to spare, and what the prober itself costs. */
public final class ProbeBench {
    private static final double LARGEST_ERROR_MS = 30;
    private static final double MOST_CORES = 0.25;

    /** Servers at the same time, each with two clients: 300 requests a second, so that the measurement is not its own load. */
    private static final int SERVERS = 3;

    /** What a trial takes beyond its downtime. */
    private static final Duration AROUND = Duration.ofSeconds(3);

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration COST = Duration.ofSeconds(42);

    private final Programs programs;
    private final Clock clock;
    private final Progress progress;
    private final PrintStream out;

    /**
     * @param out where the table goes
     */
    public ProbeBench(Programs programs, Clock clock, Progress progress, PrintStream out) {
        this.programs = programs;
        this.clock = clock;
        this.progress = progress;
        this.out = out;
    }

    /**
     * Measures what is not measured yet, and prints all there is.
     *
     * @param trials how often each downtime of each kind is measured, 1 or more
     * @param folder where the raw results go
     * @param resume whether to go on where an earlier measurement was interrupted
     * @return whether every target was met
     */
    public boolean run(int trials, Path folder, boolean resume) {
        var raw = resume
                ? RawResults.resume(folder, "probe", clock.wallTime())
                : RawResults.create(folder, "probe", clock.wallTime());
        var rounds = new ArrayList<Map<?, ?>>(raw.rounds());
        var missing = missing(trials, rounds);
        var costKnown = rounds.stream().anyMatch(row -> row.get("cores") != null);
        if (!missing.isEmpty() || !costKnown) {
            try (var servers = OtherProcess.startAhead(programs, OutageServers.class, SERVERS)) {
                var ports = ports(servers);
                if (!costKnown) {
                    cost(ports.get(1), raw);
                }
                if (!missing.isEmpty()) {
                    outages(missing, ports, raw);
                }
            }
        }
        var met = print(raw.rounds());
        out.println("raw results: " + raw.file());
        return met;
    }

    private static List<Part> missing(int trials, List<Map<?, ?>> rounds) {
        var missing = new ArrayList<Part>();
        for (var part : Part.all()) {
            var done = rounds.stream().flatMap(Part::of).filter(part::equals).count();
            missing.addAll(Collections.nCopies((int) Math.max(0, trials - done), part));
        }
        return missing;
    }

    private static List<Integer> ports(OtherProcess servers) {
        var line = servers.line(START);
        if (!line.matches("[0-9 ]+")) {
            throw servers.complaint(line);
        }
        return Arrays.stream(line.split(" ", -1)).map(Integer::valueOf).toList();
    }

    private void cost(int port, RawResults raw) {
        try (var step = progress.begin("200 requests a second, alone in a process", COST)) {
            var file = Files.createTempFile("probe-", ".jsonl");
            Files.delete(file);
            try (var prober = OtherProcess.start(programs, ProberCost.class, port, file)) {
                step.at(0, 0, "");
                var line = prober.line(COST.plus(START));
                var row = new LinkedHashMap<String, Object>();
                row.put("at", clock.wallTime().toString());
                row.put("load", load());
                try {
                    JsonMapper.shared().readTree(line).properties().forEach(property -> {
                        row.put(property.getKey(), property.getValue().doubleValue());
                    });
                } catch (JacksonException noFigures) {
                    throw prober.complaint(line);
                }
                raw.add(row);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException unwritable) {
            throw new Problem(
                    "no temporary file can be made: " + unwritable.getMessage(), "Free some disk space.", unwritable);
        }
    }

    /** Every trial in an order of chance, so that what the machine does meanwhile falls on all parts alike. */
    private void outages(List<Part> missing, List<Integer> ports, RawResults raw) {
        var random = new Random();
        Collections.shuffle(missing, random);
        var left = new ConcurrentLinkedQueue<>(missing);
        var total = missing.stream().map(Part::nominal).reduce(Duration.ZERO, Duration::plus);
        var expected = total.plus(AROUND.multipliedBy(missing.size())).dividedBy(SERVERS);
        var done = new AtomicInteger();
        var time = Timekeeper.system();
        var threads = Executors.newFixedThreadPool(SERVERS);
        try (var busy = OtherProcess.start(programs, BusyCores.class, 2 * expected.toSeconds() + 300);
                var step = progress.begin("outages, every core busy", expected)) {
            var first = busy.line(START);
            if (!first.equals("busy")) {
                throw busy.complaint(first);
            }
            var lanes = new ExecutorCompletionService<Void>(threads);
            for (int server = 0; server < SERVERS; server++) {
                int number = server;
                var unused = lanes.submit(() -> {
                    try (var lane = new Trials(
                            number, ports.get(number + 1), ports.get(0), time, new Random(random.nextLong()))) {
                        for (var part = left.poll(); part != null; part = left.poll()) {
                            raw.add(row(part, lane.measure(part)));
                            step.at(done.incrementAndGet(), missing.size(), part.toString());
                        }
                    }
                    return null;
                });
            }
            for (int server = 0; server < SERVERS; server++) {
                lanes.take().get();
            }
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw (CancellationException)
                    new CancellationException("the measurement was ended before it was done").initCause(interrupted);
        } finally {
            threads.shutdownNow();
        }
    }

    private Map<String, Object> row(Part part, List<Measured> measured) {
        var row = new LinkedHashMap<String, Object>();
        row.put("at", clock.wallTime().toString());
        row.put("load", load());
        row.put("kind", part.darkness().toString());
        row.put("nominal_ms", part.nominal().toMillis());
        row.put("clients", measured.stream().map(Measured::row).toList());
        return row;
    }

    /** Processes that run or want to run, averaged over a minute. */
    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private boolean print(List<Map<?, ?>> rounds) {
        var met = true;
        out.printf(
                "%-16s %5s | %-31s | %-23s | %-9s | %s%n",
                "", "", "length: |error| in ms", "interval: |error| in ms", "truth", "prober");
        out.printf(
                "%-16s %5s | %7s %7s %7s %7s | %7s %7s %7s | %9s | %7s%n",
                "downtime", "n", "p50", "p99", "max", "bias", "p50", "p99", "max", "within ±", "stalled");
        for (var part : Part.all()) {
            var measured = rounds.stream()
                    .filter(row -> Part.of(row).anyMatch(part::equals))
                    .flatMap(row -> ((List<?>) row.get("clients")).stream())
                    .map(client -> Measured.of((Map<?, ?>) client))
                    .toList();
            if (!measured.isEmpty()) {
                met &= print(part, measured);
            }
        }
        out.println(
                "length: what is reported, minus how long the server was down. interval: from the last answer before"
                        + " to the first of\nthe settled window after, as the prober saw them minus as the server did. Requests every "
                        + Trials.SPACING.toMillis() + " ms, 2 clients; ± is what is reported.");
        for (var row : rounds) {
            if (row.get("cores") instanceof Number cores) {
                met &= printCost(row, cores.doubleValue());
            }
        }
        return met;
    }

    private boolean print(Part part, List<Measured> measured) {
        var lengths = measured.stream().map(Measured::lengthError).toList();
        var length = Errors.of(lengths);
        var interval = Errors.of(measured.stream().map(Measured::intervalError).toList());
        var within = measured.stream().filter(Measured::within).count();
        var met = length.percentile(99) < LARGEST_ERROR_MS && interval.percentile(99) < LARGEST_ERROR_MS;
        out.printf(
                "%-16s %5d | %7.1f %7.1f %7.1f %+7.1f | %7.1f %7.1f %7.1f | %8.1f%% | %7d%s%n",
                part,
                measured.size(),
                length.percentile(50),
                length.percentile(99),
                length.max(),
                UpBench.median(lengths),
                interval.percentile(50),
                interval.percentile(99),
                interval.max(),
                100.0 * within / measured.size(),
                measured.stream().filter(Measured::stalled).count(),
                met ? "" : "  MISSED: p99 under " + LARGEST_ERROR_MS + " ms");
        return met;
    }

    private boolean printCost(Map<?, ?> row, double cores) {
        var met = cores < MOST_CORES;
        out.printf(
                "the prober: %.3f cores at %.0f requests a second (%.3f while warming up)%s%n",
                cores,
                ((Number) row.get("ops_per_s")).doubleValue(),
                ((Number) row.get("warm_up_cores")).doubleValue(),
                met ? "" : "  MISSED: under " + MOST_CORES);
        return met;
    }
}
