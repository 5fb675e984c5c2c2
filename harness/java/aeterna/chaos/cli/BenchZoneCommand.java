package aeterna.chaos.cli;

import aeterna.chaos.bench.ZoneBench;
import aeterna.chaos.model.Problem;
import aeterna.chaos.time.Timekeeper;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how close together a zone's nodes fail, and whether they come back as they were. */
@Command(
        name = "zone",
        description = {
            "Measure how close together the nodes of a zone are frozen, isolated and switched off, and whether the zone comes",
            "back with the same addresses and data."
        },
        footer = {
            "",
            "Needs the warm testbed (./chaos up), with or without the stack. Targets: 250 ms, every time. Raw results go to"
                    + " reports/bench/.",
            "Exit code: 0 the target was met, 1 it was missed, 2 usage or environment."
        })
final class BenchZoneCommand implements Callable<Integer> {
    private final Wiring wiring;

    @Mixin
    private TestbedOptions options;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How often each way (default: ${DEFAULT-VALUE}).")
    private int rounds;

    BenchZoneCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (rounds < 1) {
            throw new Problem("--rounds is " + rounds, "Measure at least one round.");
        }
        var time = Timekeeper.system();
        var harness = options.harness(wiring);
        var busybox =
                harness.ensureImages(List.of("busybox"), wiring.progress()).get("busybox");
        var finder = harness.provider(wiring.progress());
        try (var kept = finder.reserve(options.name());
                var testbed = options.testbed(finder);
                var watcher = harness.watcher(time)) {
            watcher.start();
            var journal = harness.journal(time, watcher);
            harness.leftovers(journal).undo(testbed, wiring.console().out()::println);
            var met = new ZoneBench(
                            testbed,
                            journal,
                            time,
                            busybox.reference(),
                            wiring.console().out())
                    .run(rounds, wiring.home().resolve(Path.of("reports", "bench")));
            return met ? ExitCode.OK : ExitCode.MISSED;
        }
    }
}
