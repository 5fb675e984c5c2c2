package aeterna.chaos.cli;

import aeterna.chaos.console.Console;
import aeterna.chaos.report.Report;
import aeterna.chaos.report.Reports;
import aeterna.chaos.report.VerdictTable;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes the reports of a run again, from its history alone. */
@Command(
        name = "report",
        description = "Make a run's report again, from its history alone.",
        footer = {
            "",
            "Writes report.html, summary.json, junit.xml and allure-results/ into the run's folder. Ends with 2 when a part"
                    + " of the history is damaged; the rest is reported all the same."
        })
final class ReportCommand implements Callable<Integer> {
    private final Console console;
    private final Reports reports;

    @Parameters(
            arity = "0..1",
            paramLabel = "RUN",
            defaultValue = "latest",
            description = "The run's name, as its folder in reports/ is called; the last run unless given.")
    private String run;

    ReportCommand(Console console, Reports reports) {
        this.console = console;
        this.reports = reports;
    }

    @Override
    public Integer call() {
        var report = Report.read(reports.find(run));
        report.write();
        console.out().print(VerdictTable.of(report.histories()));
        console.out().println();
        console.out().println("report: " + report.folder().page().toUri());
        for (var problem : report.damage()) {
            console.err().println("chaos: " + problem.getMessage());
            console.err().println("  " + problem.remedy());
        }
        return report.damage().isEmpty() ? ExitCode.OK : ExitCode.PROBLEM;
    }
}
