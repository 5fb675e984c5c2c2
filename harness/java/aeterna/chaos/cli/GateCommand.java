package aeterna.chaos.cli;

import aeterna.chaos.report.Report;
import aeterna.chaos.report.Reports;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Compares a run with the baseline. */
@Command(
        name = "gate",
        description = "Compare a run with the baseline: a verdict or a recovery time that got worse fails.",
        footer = {
            "",
            "Recovery times are compared over trials; a whole gate raises a false alarm in less than one of a hundred runs.",
            "Exit code: 0 nothing got worse, 1 something did, 2 usage or environment, or they cannot be compared."
        })
final class GateCommand implements Callable<Integer> {
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

    GateCommand(Wiring wiring, Reports reports) {
        this.wiring = wiring;
        this.reports = reports;
    }

    @Override
    public Integer call() {
        var baseline = gate.baseline(wiring.home());
        return GateOptions.compare(baseline, Report.read(reports.find(run)).histories(), wiring.console());
    }
}
