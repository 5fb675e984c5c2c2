package aeterna.chaos.fakes;

import aeterna.chaos.check.Promises;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.journal.Journal;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Evidence;
import aeterna.chaos.model.Expectation;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Progress;
import aeterna.chaos.model.Setting;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.Trial;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Repetition;
import aeterna.chaos.run.Runner;
import aeterna.chaos.run.Surroundings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A runner with everything around it faked but the files. */
public final class Rig {
    public static final Duration SPACING = Duration.ofMillis(50);

    public final FakeTime time = new FakeTime();
    public final FakeMachines machines = new FakeMachines("node-1", "node-2");
    public final FakeService service = new FakeService(time);
    public final FakeFault fault = new FakeFault();
    public final Journal journal;
    public final HistoryFile histories;
    public final Path folder;
    public final List<Evidence> evidence = new ArrayList<>();
    public final List<Observer> observers = new ArrayList<>();
    public final List<String> progress = new ArrayList<>();
    public String strange = "";
    public Expectation expected = Expectation.held();
    public Repetition repetition = Repetition.NONE;
    /** Told of each step of a run as it begins. */
    public Consumer<String> onStep = step -> {};

    public SteadyCheck.Look steady = new SteadyCheck.Look(true, "3 of 3");

    public Rig(Path folder) {
        this.folder = folder;
        journal = new Journal(folder.resolve("journal.jsonl"), time);
        histories = HistoryFile.open(folder.resolve("history.jsonl"));
    }

    public Runner runner() {
        return runner(7);
    }

    public Runner runner(long seed) {
        return runner(seed, new FakeTestbed(machines, Set.of(Capability.MACHINE_FREEZE), () -> strange));
    }

    /** On another testbed. */
    public Runner runner(Testbed testbed) {
        return runner(7, testbed);
    }

    private Runner runner(long seed, Testbed testbed) {
        var setting = new Setting(
                "run-1",
                "FakeScenario.breaks",
                Trial.ONLY,
                seed,
                "fake",
                "two-nodes",
                "recommended",
                new TreeMap<>(Map.of("postgres", "offline")),
                expected,
                List.of());
        return new Runner(
                testbed,
                time,
                journal,
                histories,
                trial -> new Surroundings(setting.with(trial, seed), observers, evidence, folder.resolve("evidence")),
                progress(),
                repetition);
    }

    /** An experiment that lacks nothing but its fault. */
    public Experiment experiment() {
        return Experiment.that("the fake survives")
                .steadyWhen(check("everything ready"))
                .under(
                        service.writes(FakeService.client("write new", SPACING)),
                        service.writes(FakeService.client("write reused", SPACING)))
                .promise(
                        Promises.servedAgainWithin(Duration.ofSeconds(30)),
                        Promises.redundantAgainWithin(Duration.ofMinutes(1)),
                        Promises.noAcknowledgedWriteLost(),
                        Promises.neverTwoPrimaries())
                .patience(Duration.ofMinutes(2));
    }

    public SteadyCheck check(String name) {
        return new SteadyCheck() {
            @Override
            public Look look() {
                return steady;
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }

    private Progress progress() {
        return (what, expected) -> {
            progress.add(what);
            onStep.accept(what);
            return new Progress.Step() {
                @Override
                public void at(long done, long total, String detail) {}

                @Override
                public void close() {}

                @Override
                public void failed(String why) {
                    progress.add("failed: " + why);
                }
            };
        };
    }
}
