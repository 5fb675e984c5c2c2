package aeterna.chaos.bench;

import aeterna.chaos.cluster.Provider;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.cluster.TestbedRequest;
import aeterna.chaos.cluster.Usage;
import aeterna.chaos.model.Progress;
import aeterna.chaos.time.Clock;
import aeterna.chaos.time.Waiting;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How long a testbed takes to be made, with the stack on it if one is given, to be found again and to be removed, and what
 * it uses while nobody uses it.
 */
public final class UpBench {
    /** Controllers settle for some seconds after the last pod is Ready; before that the testbed is not idle. */
    private static final Duration SETTLE = Duration.ofSeconds(30);

    private static final Duration IDLE = Duration.ofSeconds(30);

    private final Provider provider;
    private final TestbedRequest request;
    private final Optional<Consumer<Testbed>> stack;
    private final Runnable findAgain;
    private final Clock clock;
    private final PrintStream out;

    /**
     * @param stack deploys the stack and returns when it is steady; empty to measure the cluster alone
     * @param findAgain finds the warm testbed as a user would, in a process of its own
     * @param out where the table goes
     */
    public UpBench(
            Provider provider,
            TestbedRequest request,
            Optional<Consumer<Testbed>> stack,
            Runnable findAgain,
            Clock clock,
            PrintStream out) {
        this.provider = provider;
        this.request = request;
        this.stack = stack;
        this.findAgain = findAgain;
        this.clock = clock;
        this.out = out;
    }

    /**
     * Measures; the testbed of the request's name is removed before each round and stays after the last.
     *
     * @param rounds 1 or more
     * @param folder where the raw results go
     */
    public void run(int rounds, Path folder) {
        var raw = RawResults.create(folder, stack.isPresent() ? "stack" : "up", clock.wallTime());
        var figures = new LinkedHashMap<String, List<Double>>();
        for (int round = 1; round <= rounds; round++) {
            var measured = round();
            measured.forEach((what, value) ->
                    figures.computeIfAbsent(what, any -> new ArrayList<>()).add(value));
            raw.add(measured);
            out.println("round " + round + " of " + rounds + ": " + measured);
        }
        out.printf("%-28s %10s %10s %10s%n", "", "median", "least", "most");
        figures.forEach((what, values) -> out.printf(
                "%-28s %10.2f %10.2f %10.2f%n",
                what,
                median(values),
                values.stream().mapToDouble(value -> value).min().orElseThrow(),
                values.stream().mapToDouble(value -> value).max().orElseThrow()));
        out.println("raw results: " + raw.file());
    }

    private Map<String, Double> round() {
        var measured = new LinkedHashMap<String, Double>();
        try (var kept = provider.reserve(request.name())) {
            long began = clock.nanos();
            provider.down(request.name());
            measured.put("removed (s)", seconds(began));
            long up = clock.nanos();
            var nodesReady = whenDone("nodes Ready", () -> measured.put("nodes Ready (s)", seconds(up)));
            try (var testbed = provider.up(request, nodesReady)) {
                measured.put("add-ons Ready (s)", seconds(up));
                stack.ifPresent(deploy -> {
                    deploy.accept(testbed);
                    measured.put("stack steady (s)", seconds(up));
                });
            }
        }
        long began = clock.nanos();
        findAgain.run();
        measured.put("found again warm (s)", seconds(began));
        try (var testbed = provider.find(request.name()).orElseThrow()) {
            pause(SETTLE);
            Usage before = testbed.machines().usage();
            began = clock.nanos();
            pause(IDLE);
            Usage after = testbed.machines().usage();
            measured.put(
                    "idle (cores)",
                    after.cpu().minus(before.cpu()).toNanos()
                            / (double) clock.since(began).toNanos());
            measured.put("idle (GiB)", after.memoryBytes() / (double) (1L << 30));
        }
        return measured;
    }

    private static void pause(Duration pause) {
        Waiting.atMost(pause).every(pause.dividedBy(10)).untilTrue(() -> false);
    }

    private double seconds(long began) {
        return clock.since(began).toNanos() / 1e9;
    }

    /** The middle one, or the mean of the two in the middle. */
    static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    /** Hears of steps that end. */
    private static Progress whenDone(String step, Runnable then) {
        return (what, expected) -> new Progress.Step() {
            @Override
            public void at(long done, long total, String detail) {
                // Only the end is of interest.
            }

            @Override
            public void close() {
                if (!step.isEmpty() && what.endsWith(step)) {
                    then.run();
                }
            }

            @Override
            public void failed(String why) {
                // The exception that follows says more.
            }
        };
    }
}
