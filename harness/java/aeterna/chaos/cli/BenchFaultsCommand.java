package aeterna.chaos.cli;

import aeterna.chaos.bench.FaultBench;
import aeterna.chaos.junit.EveryFault;
import aeterna.chaos.model.Problem;
import aeterna.chaos.stack.Profile;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.wiring.SessionSettings;
import aeterna.chaos.wiring.StackAims;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures how long faults take to be injected, seen and healed. */
@Command(
        name = "faults",
        description = "Measure how long it takes to inject each fault, to see it and to heal it.",
        footer = {
            "",
            "Needs the warm testbed with the stack (./chaos up). Target: 500 ms for the act and for the way back, of faults on pods,"
                    + " of freezing and of faults on the network. Raw results go to reports/bench/.",
            "Exit code: 0 the target was met, 1 it was missed, 2 usage or environment."
        })
final class BenchFaultsCommand implements Callable<Integer> {
    private final Wiring wiring;

    @Parameters(
            arity = "0..*",
            paramLabel = "FAULT",
            description = "Kinds of fault (./chaos list faults); those with a target unless given.")
    private List<String> faults = List.of();

    @Mixin
    private TestbedOptions options;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often each kind (default: ${DEFAULT-VALUE}).")
    private int rounds;

    BenchFaultsCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (rounds < 1) {
            throw new Problem("--rounds is " + rounds, "Measure at least one round.");
        }
        var kinds = faults.isEmpty() ? FaultBench.prompt() : EveryFault.chosen(String.join(",", faults));
        var time = Timekeeper.system();
        var harness = options.harness(wiring);
        var finder = harness.provider(wiring.progress());
        try (var kept = finder.reserve(options.name());
                var testbed = options.testbed(finder);
                var watcher = harness.watcher(time)) {
            watcher.start();
            var journal = harness.journal(time, watcher);
            harness.leftovers(journal).undo(testbed, wiring.console().out()::println);
            testbed.demandOurs();
            var stack = harness.stack(testbed, Map.of(), time)
                    .apply(Profile.read(wiring.home().resolve("stack"), SessionSettings.PROFILE));
            var met = new FaultBench(
                            testbed,
                            journal,
                            stack.everythingReady(),
                            StackAims.of(testbed, stack, time),
                            time,
                            wiring.console().out())
                    .run(rounds, kinds, wiring.home().resolve(Path.of("reports", "bench")));
            return met ? ExitCode.OK : ExitCode.MISSED;
        }
    }
}
