package aeterna.chaos.cli;

import aeterna.chaos.gate.Baseline;
import aeterna.chaos.model.Problem;
import aeterna.chaos.report.Report;
import aeterna.chaos.report.Reports;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Makes a run the baseline that later ones are compared with. */
@Command(
        name = "baseline",
        description = "Make a run the baseline that later runs are compared with (./chaos gate, ./chaos run --gate).",
        footer = {"", "Best made of a run with --trials 10 or more, and committed: reports/baseline.json."})
final class BaselineCommand implements Callable<Integer> {
    private final Wiring wiring;
    private final Reports reports;

    @Parameters(
            arity = "0..1",
            paramLabel = "RUN",
            defaultValue = "latest",
            description = "The run; the last one unless given.")
    private String run;

    @Mixin
    private GateOptions gate;

    BaselineCommand(Wiring wiring, Reports reports) {
        this.wiring = wiring;
        this.reports = reports;
    }

    @Override
    public Integer call() {
        var baseline = Baseline.of(Report.read(reports.find(run)).histories());
        var file = gate.file(wiring.home()).toAbsolutePath();
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, baseline.json());
        } catch (IOException unwritable) {
            throw new Problem(
                    "cannot write " + file + ": " + unwritable, "Make room, or make it writable.", unwritable);
        }
        wiring.console()
                .out()
                .println(file + ": " + baseline.scenarios().size() + " scenarios of the run " + baseline.run());
        return ExitCode.OK;
    }
}
