package aeterna.chaos.cli;

import aeterna.chaos.bench.CrashBench;
import aeterna.chaos.bench.CrashTrial;
import aeterna.chaos.bench.CrashWay;
import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.journal.Residue;
import aeterna.chaos.journal.Watcher;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.process.Invocation;
import aeterna.chaos.stack.Profile;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.wiring.SessionSettings;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what is left of faults when their process is killed. */
@Command(
        name = "crash",
        description = {
            "Measure what is left of a fault when its process is killed with SIGKILL: the JVM, the launcher with its whole",
            "process group, or Maven, in turn; at random instants, over every fault."
        },
        footer = {
            "",
            "Needs the warm testbed with the stack (./chaos up), or without it and --bare; about a minute a trial. Target: nothing is left after 30 s,"
                    + " every time. Raw results go to reports/bench/.",
            "Exit code: 0 the target was met, 1 it was missed, 2 usage or environment."
        })
final class BenchCrashCommand implements Callable<Integer> {
    private final Wiring wiring;

    @Mixin
    private TestbedOptions options;

    @Option(
            names = "--trials",
            paramLabel = "N",
            defaultValue = "40",
            description = "How many processes are killed (default: ${DEFAULT-VALUE}).")
    private int trials;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Where faults and instants come from (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--fault",
            paramLabel = "NAME",
            split = ",",
            description = "Only these faults, by name; every one unless given.")
    private List<String> faults = List.of();

    @Option(
            names = "--way",
            paramLabel = "WAY",
            split = ",",
            description = "What to kill: ${COMPLETION-CANDIDATES}; all of them in turn unless given.")
    private List<CrashWay> ways = CrashBench.everyWay();

    @Option(names = "--bare", description = "On a testbed without the stack: only the faults that need none.")
    private boolean bare;

    @Option(names = "--resume", description = "Go on where the latest measurement was interrupted.")
    private boolean resume;

    BenchCrashCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (trials < 1) {
            throw new Problem("--trials is " + trials, "Kill at least one process.");
        }
        var harness = options.harness(wiring);
        if (ways.contains(CrashWay.MAVEN)) {
            compileTests();
        }
        var time = Timekeeper.system();
        var subject = CrashSubjectCommand.subject(wiring, options.name());
        var all = bare ? subject.faultsThatAim() : subject.faults();
        faults.stream().filter(name -> !all.contains(name)).findFirst().ifPresent(unknown -> {
            throw new Problem("there is no fault '" + unknown + "'", "Name some of " + String.join(", ", all) + ".");
        });
        try (Testbed testbed = options.testbed(harness.provider(wiring.progress()))) {
            var stack = harness.stack(testbed, Map.of(), time)
                    .apply(Profile.read(wiring.home().resolve("stack"), SessionSettings.PROFILE));
            var setup = new CrashBench.Setup(
                    testbed.name(),
                    harness.journal(time, Watcher.none()),
                    new Residue(testbed),
                    bare ? nodesReady(testbed) : stack.everythingReady(),
                    this::command,
                    seed);
            var met = new CrashBench(
                            setup, wiring.programs(), time, wiring.console().out())
                    .run(
                            trials,
                            faults.isEmpty() ? all : faults,
                            ways,
                            wiring.home().resolve(Path.of("reports", "bench")),
                            resume);
            return met ? ExitCode.OK : ExitCode.MISSED;
        }
    }

    private static SteadyCheck nodesReady(Testbed testbed) {
        return SteadyCheck.named("all nodes are Ready", () -> {
            var away = testbed.cluster().nodes().stream()
                    .filter(node -> !node.ready())
                    .map(NodeStatus::name)
                    .toList();
            return new SteadyCheck.Look(away.isEmpty(), away.isEmpty() ? "" : away + " not Ready");
        });
    }

    private List<String> command(CrashTrial trial) {
        var arguments = List.of(
                "crash-subject",
                "--name=" + options.name(),
                "--fault=" + trial.fault(),
                "--seed=" + (seed + trial.number()));
        var command = new ArrayList<String>();
        switch (trial.way()) {
            case JVM -> {
                command.add(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
                command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
                command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
                command.addAll(arguments);
            }
            case LAUNCHER -> {
                command.add(wiring.home().resolve("chaos").toString());
                command.addAll(arguments);
            }
            case MAVEN -> {
                command.addAll(maven());
                command.addAll(List.of(
                        "-Dit.test=CrashSubjectTestbed",
                        "-Dchaos.testbed=" + options.name(),
                        "-Dchaos.crash.fault=" + trial.fault(),
                        "-Dchaos.crash.seed=" + (seed + trial.number()),
                        "failsafe:integration-test@testbed"));
            }
        }
        return command;
    }

    private List<String> maven() {
        return List.of("mvn", "-q", "-B", "-f", wiring.home().resolve("pom.xml").toString(), "-Ptestbed");
    }

    private void compileTests() {
        try (var step = wiring.progress().begin("compiling the tests", Duration.ofSeconds(30))) {
            var compiled = wiring.programs().capture(Invocation.of(maven()).and(List.of("test-compile")));
            if (!compiled.ok()) {
                step.failed("see below");
                throw new Problem(
                        "the tests do not compile: " + compiled.out() + compiled.err(),
                        "Put that right, or leave Maven out with --way=jvm,launcher.");
            }
        }
    }
}
