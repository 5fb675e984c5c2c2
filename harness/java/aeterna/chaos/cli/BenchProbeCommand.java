package aeterna.chaos.cli;

import aeterna.chaos.bench.ProbeBench;
import aeterna.chaos.model.Problem;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how true measured outages are, and what the prober costs. */
@Command(
        name = "probe",
        description = {
            "Measure how true measured outages are, against servers that keep their own record of their downtime",
            "(0.25, 1 and 5 s, refusing and silent) while every core is busy, and what the prober itself costs."
        },
        footer = {
            "",
            "Needs no Docker; about 17 minutes. Targets: p99 of the error under 30 ms, under a quarter of a core for 200"
                    + " requests a second. Raw results go to reports/bench/.",
            "Exit code: 0 every target met, 1 one missed, 2 usage or environment."
        })
final class BenchProbeCommand implements Callable<Integer> {
    private final Wiring wiring;

    @Option(
            names = "--trials",
            paramLabel = "N",
            defaultValue = "100",
            description = "How often each downtime of each kind is measured (default: ${DEFAULT-VALUE}).")
    private int trials;

    @Option(names = "--resume", description = "Go on where the latest measurement was interrupted.")
    private boolean resume;

    BenchProbeCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public Integer call() {
        if (trials < 1) {
            throw new Problem("--trials is " + trials, "Measure each downtime at least once.");
        }
        var met = new ProbeBench(
                        wiring.programs(),
                        wiring.clock(),
                        wiring.progress(),
                        wiring.console().out())
                .run(trials, wiring.home().resolve(Path.of("reports", "bench")), resume);
        return met ? ExitCode.OK : ExitCode.MISSED;
    }
}
