package aeterna.chaos.wiring;

import aeterna.chaos.bench.CrashBench;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.fault.Fault;
import aeterna.chaos.fault.FaultKind;
import aeterna.chaos.fault.HeldFault;
import aeterna.chaos.fault.OneShotFault;
import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.image.ImageMode;
import aeterna.chaos.model.Client;
import aeterna.chaos.model.Expectation;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Nearest;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Setting;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.Trial;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.process.Programs;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.run.Surroundings;
import aeterna.chaos.stack.Profile;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.workload.Connector;
import aeterna.chaos.workload.OpenLoop;
import aeterna.chaos.workload.Reader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * A process that breaks something on the warm testbed in order to be killed meanwhile: a real run of the runner, with
 * journal and watcher, of which only clients and promises are empty.
 */
public final class CrashSubject {
    private final Path home;
    private final String testbed;
    private final Programs programs;
    private final Map<String, String> environment;
    private final PrintStream out;

    /**
     * @param home the project's folder
     * @param testbed must be there, with the stack on it
     * @param out where it says how far it is
     */
    public CrashSubject(
            Path home, String testbed, Programs programs, Map<String, String> environment, PrintStream out) {
        this.home = home;
        this.testbed = testbed;
        this.programs = programs;
        this.environment = environment;
        this.out = out;
    }

    /** The names of the faults that the testbed can do, as {@link #run} takes them. */
    public List<String> faults() {
        try (var found = find(harness())) {
            return List.copyOf(faults(found, Timekeeper.system()).keySet());
        }
    }

    /** Those of them that find somebody to hit now: on a testbed without the stack, those on zones and on the network. */
    public List<String> faultsThatAim() {
        try (var found = find(harness())) {
            return faults(found, Timekeeper.system()).entrySet().stream()
                    .filter(fault -> aims(fault.getValue(), found))
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }

    private static boolean aims(Fault fault, Testbed found) {
        try {
            return !fault.aim(found, new Random(1)).planned().hit().equals(Hit.none());
        } catch (Problem nobody) {
            return false;
        }
    }

    private Map<String, Fault> faults(Testbed found, Timekeeper time) {
        var stack = harness().stack(found, Map.of(), time).apply(profile());
        var aims = StackAims.of(found, stack, time);
        var faults = new LinkedHashMap<String, Fault>();
        for (var kind : FaultKind.values()) {
            var fault = kind.on(aims);
            if (found.capabilities().containsAll(fault.requires())) {
                faults.put(kind.toString(), fault);
            }
        }
        return faults;
    }

    /** Breaks something, keeps it broken for {@link CrashBench#HOLD}, heals it. */
    public void run(String fault, long seed) {
        var time = Timekeeper.system();
        var harness = harness();
        var provider = harness.provider(Progress.none());
        try (var kept = provider.reserve(testbed);
                var found = find(harness);
                var watcher = harness.watcher(time)) {
            watcher.start();
            var faults = faults(found, time);
            var chosen = faults.get(fault);
            if (chosen == null) {
                throw new Problem(
                        "there is no fault '" + fault + "'", Nearest.remedy(fault, List.copyOf(faults.keySet())));
            }
            var experiment = Experiment.that("a crash leaves nothing")
                    .steadyWhen(nothing())
                    .under(idly())
                    .promise(nothingAtAll())
                    .linger(Duration.ZERO)
                    .warmUp(1);
            experiment = chosen instanceof HeldFault held
                    ? experiment.inject(held.holdFor(CrashBench.HOLD))
                    : experiment.inject((OneShotFault) chosen);
            // Its start is no part of what is measured: in a run it is long over when the fault comes.
            watcher.demandWatching();
            var folder = temporary();
            try (var histories = HistoryFile.open(folder.resolve("history.jsonl"))) {
                var setting = new Setting(
                        "crash",
                        "crash",
                        Trial.ONLY,
                        seed,
                        found.provider(),
                        found.topology().name(),
                        "",
                        new TreeMap<>(),
                        Expectation.held(),
                        List.of());
                var result = new Runner(
                                found,
                                time,
                                harness.journal(time, watcher),
                                histories,
                                new Surroundings(setting, List.of(), List.of(), folder),
                                phases())
                        .run(experiment);
                out.println("ended: " + result.verdict() + ": " + result.because());
            }
        }
    }

    private Harness harness() {
        var settings = new Settings(testbed, Settings.TOPOLOGY, Settings.TIMERS, ImageMode.OFFLINE);
        return new Harness(home, settings, programs, environment);
    }

    private Testbed find(Harness harness) {
        return harness.provider(Progress.none())
                .find(testbed)
                .orElseThrow(() -> new Problem("there is no testbed " + testbed, "Make it with `./chaos up`."));
    }

    private Profile profile() {
        return Profile.read(home.resolve("stack"), SessionSettings.PROFILE);
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("chaos-crash");
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    private Progress phases() {
        return (what, expected) -> {
            out.println("phase: " + what);
            out.flush();
            return Progress.none().begin(what, expected);
        };
    }

    private static SteadyCheck nothing() {
        return SteadyCheck.named("nothing is asked of the stack", () -> {
            return new SteadyCheck.Look(true, "");
        });
    }

    private static OpenLoop idly() {
        var client = new Client(
                "idle", Op.Kind.READ, Op.Connection.REUSED, Duration.ofMillis(500), Duration.ofSeconds(1), 1);
        return new OpenLoop(
                client, () -> (key, deadline) -> Connector.Answer.ok().now(), Reader.none());
    }

    private static Promise nothingAtAll() {
        return new Promise() {
            @Override
            public Optional<Duration> limit() {
                return Optional.empty();
            }

            @Override
            public Finding judge(History history) {
                return Finding.of(this, Verdict.HELD, "nothing was promised");
            }

            @Override
            public String toString() {
                return "nothing";
            }
        };
    }
}
