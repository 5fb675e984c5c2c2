package aeterna.chaos.bench;

import aeterna.chaos.journal.Journal;
import aeterna.chaos.journal.Residue;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.Trace;
import aeterna.chaos.model.Words;
import aeterna.chaos.process.Programs;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.time.Waiting;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What is left of a fault when the process that injected it is killed with SIGKILL, at random instants and over every fault:
 * nothing, and that within 30 s.
 */
public final class CrashBench {
    /** How long the process that is to die keeps its fault in place. */
    public static final Duration HOLD = Duration.ofSeconds(6);

    /** What the process that is to die says when it begins to inject. */
    public static final String INJECTING = "phase: 5 ";

    /** What is promised: nothing is left after this time. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** When to stop looking; not the limit, so that a miss is measured. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** A process starts, finds the testbed and its stack, and starts its watcher; Maven comes on top. */
    private static final Duration START = Duration.ofMinutes(3);

    /** What was on its way when the process died would have come by then. */
    private static final Duration LATE = Duration.ofSeconds(3);

    private static final Duration INTERVAL = Duration.ofMillis(250);

    /**
     * What the measurement is made with.
     *
     * @param testbed its name
     * @param journal of that testbed
     * @param residue of that testbed
     * @param steady the stack, whole again before the next trial
     * @param command what breaks something and is to die: the command for a trial
     * @param seed where faults and instants come from
     */
    public record Setup(
            String testbed,
            Journal journal,
            Residue residue,
            SteadyCheck steady,
            Function<CrashTrial, List<String>> command,
            long seed) {}

    private final Setup setup;
    private final Programs programs;
    private final Timekeeper time;
    private final PrintStream out;

    /**
     * @param out where the table goes
     */
    public CrashBench(Setup setup, Programs programs, Timekeeper time, PrintStream out) {
        this.setup = setup;
        this.programs = programs;
        this.time = time;
        this.out = out;
    }

    /**
     * Carries out the trials.
     *
     * @param faults their names
     * @param ways what to kill, in turn
     * @param folder where the raw results go
     * @param resume go on with the latest measurement of the same seed
     * @return true when nothing was left in any of them
     */
    public boolean run(int trials, List<String> faults, List<CrashWay> ways, Path folder, boolean resume)
            throws InterruptedException {
        var raw = resume
                ? RawResults.resume(folder, "crash", time.wallTime())
                : RawResults.create(folder, "crash", time.wallTime());
        var done = raw.rounds().stream()
                .filter(row -> row.get("seed") instanceof Number seed && seed.longValue() == setup.seed())
                .toList();
        var missed =
                done.stream().filter(row -> !Boolean.TRUE.equals(row.get("ok"))).count();
        var slowest = done.stream()
                .mapToLong(row -> row.get("clean_ms") instanceof Number millis ? millis.longValue() : 0)
                .max()
                .orElse(0);
        for (var trial : CrashTrial.plan(trials, faults, ways, setup.seed())) {
            if (trial.number() <= done.size()) {
                continue;
            }
            demandClean();
            var row = row(trial);
            raw.add(row);
            missed += Boolean.TRUE.equals(row.get("ok")) ? 0 : 1;
            slowest = Math.max(slowest, (Long) row.get("clean_ms"));
            out.println("trial " + trial.number() + " of " + trials + ": " + row);
        }
        out.printf(
                "%d of %d left nothing after %s; the slowest took %.1f s%n",
                trials - missed, trials, Words.of(LIMIT), slowest / 1e3);
        out.println("raw results: " + raw.file());
        return missed == 0;
    }

    /** Before a trial nothing may be broken, and the stack must be whole. */
    private void demandClean() {
        var ready = Waiting.atMost(PATIENCE)
                .untilTrue(() -> setup.steady().look().steady()
                        && setup.journal().open(setup.testbed()).isEmpty()
                        && setup.residue().look().isEmpty());
        if (!ready) {
            throw new Problem(
                    "the testbed is not whole before the next trial: "
                            + setup.steady().look().seen() + " "
                            + setup.residue().look(),
                    "Run `./chaos heal` and `./chaos up`, then go on with --resume.");
        }
    }

    private Map<String, Object> row(CrashTrial trial) throws InterruptedException {
        var row = new LinkedHashMap<String, Object>();
        row.put("trial", trial.number());
        row.put("seed", setup.seed());
        row.put("fault", trial.fault());
        row.put("way", trial.way().toString());
        row.put("delay_ms", trial.delay().toMillis());
        var subject = CrashedProcess.start(programs, setup.command().apply(trial));
        if (!subject.says(INJECTING, START)) {
            subject.kill(true);
            throw new Problem(
                    "the process that was to break something (" + trial.fault() + ", " + trial.way()
                            + ") did not come that far; it said:" + subject.end(),
                    "Put that right, then go on with --resume.");
        }
        time.pause(trial.delay());
        row.put("ended_before", !subject.alive());
        var killed = time.nanos();
        subject.kill(trial.way() == CrashWay.LAUNCHER);
        row.put("announced", !setup.journal().open(setup.testbed()).isEmpty());
        row.put(
                "phase",
                subject.said().stream()
                        .filter(line -> line.contains("phase: "))
                        .reduce((one, next) -> next)
                        .orElse(""));
        var clean = clean(killed, row);
        time.pause(LATE);
        var late = left();
        row.put("late", late);
        row.put("ok", clean && late.isEmpty());
        return row;
    }

    /** Waits until nothing is left; what was seen on the way is kept. */
    private boolean clean(long killed, Map<String, Object> row) throws InterruptedException {
        row.put("seen", List.of());
        while (true) {
            var left = left();
            var took = time.since(killed);
            if (left.isEmpty() || took.compareTo(PATIENCE) > 0) {
                row.put("clean_ms", took.toMillis());
                row.put("left", left);
                return left.isEmpty() && took.compareTo(LIMIT) <= 0;
            }
            row.put("seen", left);
            time.pause(INTERVAL);
        }
    }

    private List<String> left() {
        try {
            var announced = setup.journal().open(setup.testbed()).stream()
                    .map(open -> "announced: " + open.fault())
                    .toList();
            // Looking into every node takes a second: not while the journal says all.
            return announced.isEmpty()
                    ? setup.residue().look().stream().map(Trace::toString).toList()
                    : announced;
        } catch (RuntimeException unseen) {
            return List.of("could not be looked at: " + unseen.getMessage());
        }
    }

    /** Every way there is. */
    public static List<CrashWay> everyWay() {
        return Arrays.asList(CrashWay.values());
    }
}
