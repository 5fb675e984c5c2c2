package aeterna.chaos.cli;

import aeterna.chaos.console.Console;
import aeterna.chaos.gate.Baseline;
import aeterna.chaos.gate.Gate;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Problem;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Which baseline a run is compared with; used as a picocli mixin. */
final class GateOptions {
    @Option(
            names = "--baseline",
            paramLabel = "FILE",
            description = "The baseline (default: reports/baseline.json in the project's folder).")
    private Path file;

    Path file(Path home) {
        return file == null ? home.resolve("reports/baseline.json") : file;
    }

    /** The baseline, which must exist: told before a run that is to be compared with it, not after. */
    Baseline baseline(Path home) {
        return Baseline.read(file(home))
                .orElseThrow(() -> new Problem(
                        "there is no baseline " + file(home),
                        "./chaos baseline makes one of a run, best of one with --trials 10."));
    }

    /** Compares, and says what came of it; the exit code. */
    static int compare(Baseline baseline, List<History> histories, Console console) {
        var gate = Gate.of(baseline, histories);
        gate.worse().forEach(line -> console.out().println("gate: WORSE: " + line));
        gate.unproven().forEach(line -> console.out().println("gate: unproven: " + line));
        gate.notCompared().forEach(line -> console.out().println("gate: not compared: " + line));
        console.out().println("gate against the run " + baseline.run() + ": " + gate);
        return gate.passed() ? ExitCode.OK : ExitCode.MISSED;
    }
}
