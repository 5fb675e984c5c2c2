package aeterna.chaos.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the harness itself; each measurement is a sub-command of its own. */
@Command(name = "bench", description = "Measure the harness itself.", synopsisSubcommandLabel = "MEASUREMENT")
final class BenchCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no measurement was named");
    }
}
