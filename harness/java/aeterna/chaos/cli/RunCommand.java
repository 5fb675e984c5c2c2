package aeterna.chaos.cli;

import aeterna.chaos.expect.Tally;
import aeterna.chaos.gate.Baseline;
import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.junit.EveryFault;
import aeterna.chaos.junit.Verdicts.NothingProven;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Problem;
import aeterna.chaos.report.Reports;
import aeterna.chaos.run.Runner;
import aeterna.chaos.wiring.SessionSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs scenarios. */
@Command(
        name = "run",
        description = "Run scenarios: makes what is missing, breaks the stack under load, judges, reports.",
        footer = {
            "",
            "Exit code: 0 all as expected, 1 a promise was unexpectedly BROKEN, or something got worse (--gate), 2 usage or environment, 3 something was"
                    + " VOID and nothing BROKEN. The testbed stays warm; ./chaos down removes it."
        })
final class RunCommand implements Callable<Integer> {
    private final Wiring wiring;

    @Parameters(
            arity = "0..*",
            paramLabel = "SCENARIO",
            description =
                    "Class, Class.method or 'Class.method[case]', with or without its Scenario, or a group such as smoke;"
                            + " all of them if none is named.")
    private List<String> names = List.of();

    @Mixin
    private NewTestbedOptions testbed;

    @Mixin
    private StackOptions stack;

    @Option(names = "--seed", paramLabel = "N", description = "Where every choice comes from; drawn unless given.")
    private Long seed;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description = "Only scenarios of that group, such as smoke or gate (./chaos list names them).")
    private String group;

    @Option(
            names = "--into",
            paramLabel = "RUN",
            defaultValue = "${sys:chaos.into:-}",
            description =
                    "Go on with a run, latest for the last one: what it has proven is not run again, and its report"
                            + " becomes one of all parts.")
    private String into;

    @Option(
            names = "--trials",
            paramLabel = "N",
            defaultValue = "${sys:chaos.trials:-1}",
            description = "How often each experiment is carried out (default: ${DEFAULT-VALUE}).")
    private String trials;

    @Option(
            names = "--repeat-void",
            description = "Repeat a VOID once; the first attempt stays to be seen. A BROKEN is never repeated.")
    private boolean repeatVoid = Boolean.getBoolean("chaos.repeatVoid");

    @Option(names = "--gate", description = "Compare the run with the baseline when it is over: what got worse fails.")
    private boolean gated;

    @Mixin
    private GateOptions gate;

    @Option(
            names = "--push-metrics",
            paramLabel = "URL",
            defaultValue = "${sys:chaos.pushMetrics:-}",
            description = "Also send metrics.prom there when the run is over: a Pushgateway's"
                    + " http://host:9091/metrics/job/NAME. That it cannot be sent changes no verdict.")
    private String pushMetrics;

    @Option(
            names = "--faults",
            description =
                    "Try faults of the catalogue on the stack, each once, in place of scenarios; NAME… are kinds of"
                            + " fault then (./chaos list faults).")
    private boolean faults;

    @Option(
            names = "--dry-run",
            description = "Touch nothing: say whom the faults would hit on the testbed that is there.")
    private boolean dryRun;

    RunCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public Integer call() {
        var baseline = gated ? Optional.of(gate.baseline(wiring.home())) : Optional.<Baseline>empty();
        var selectors = faults ? everyFault() : scenarios();
        // The scenarios' front door is JUnit, which is told by properties wherever it is started from.
        testbed.tell();
        stack.tell();
        if (seed != null) {
            System.setProperty("chaos.seed", seed.toString());
        }
        System.setProperty("chaos.into", into);
        System.setProperty("chaos.pushMetrics", pushMetrics);
        System.setProperty("chaos.trials", trials);
        System.setProperty("chaos.repeatVoid", Boolean.toString(repeatVoid));
        System.setProperty("chaos.dryRun", Boolean.toString(dryRun));
        var reports = new Reports(SessionSettings.reports(wiring.home()));
        var continued = Optional.of(into).filter(run -> !run.isEmpty()).map(reports::find);
        var before = reports.runs();
        var problems = new Problems();
        if (selectors.isEmpty()) {
            throw new Problem(
                    "there is no such scenario in the group '" + group + "'",
                    "./chaos list names the scenarios and their groups.");
        }
        var request =
                LauncherDiscoveryRequestBuilder.request().selectors(selectors).build();
        try (var session = LauncherFactory.openSession()) {
            session.getLauncher().execute(request, problems);
        }
        if (!problems.found.isEmpty()) {
            throw problems.found.get(0);
        }
        var run = continued.orElseGet(() -> reports.runs().stream()
                .filter(name -> !before.contains(name))
                .findFirst()
                .map(reports::find)
                .orElseThrow(() -> new Problem("the run left no history", "Run it again with --debug.")));
        var histories = HistoryFile.salvage(run.history()).histories();
        if (dryRun) {
            return previewed(histories);
        }
        var tally = Tally.of(histories).exitCode();
        var compared = baseline.map(with -> GateOptions.compare(with, histories, wiring.console()))
                .orElse(ExitCode.OK);
        return compared == ExitCode.OK ? tally : compared;
    }

    private List<DiscoverySelector> scenarios() {
        var chosen = Catalogue.onClassPath().chosen(names).stream()
                .filter(one -> group == null || Catalogue.groups(one.method()).contains(group))
                .toList();
        System.setProperty("chaos.planned", String.valueOf(chosen.size()));
        return chosen.stream().map(Catalogue.Case::selector).toList();
    }

    private List<DiscoverySelector> everyFault() {
        var chosen = String.join(",", names);
        // Told at once, not when the testbed is there.
        EveryFault.chosen(chosen);
        System.setProperty(EveryFault.CHOSEN, chosen);
        return List.of(DiscoverySelectors.selectClass(EveryFault.class));
    }

    /** What each would hit; 0 when all could be said, 2 when one cannot be aimed or hits more than it may. */
    private int previewed(List<History> histories) {
        var code = 0;
        for (var history : histories) {
            var because = history.judged().because();
            wiring.console().out().println(history.began().setting().scenario() + ": " + because);
            code = Runner.previewed(because) ? code : 2;
        }
        return code;
    }

    /** What kept scenarios from being run at all; verdicts are read from the history instead. */
    static final class Problems implements TestExecutionListener {
        final List<RuntimeException> found = new ArrayList<>();

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            result.getThrowable().filter(thrown -> !isVerdict(thrown)).ifPresent(thrown -> found.add(reason(thrown)));
        }

        /** VOID may carry the problem that was its cause: that is in the history, and no reason to give up the report. */
        private static boolean isVerdict(Throwable thrown) {
            return thrown instanceof NothingProven || thrown instanceof AssertionError;
        }

        /** The problem that it came from; what is none is a defect, which must not pass for a scenario that was run. */
        private static RuntimeException reason(Throwable thrown) {
            Throwable root = thrown;
            for (var cause = thrown; cause != null; cause = cause.getCause()) {
                if (cause instanceof Problem problem) {
                    return problem;
                }
                root = cause;
            }
            return root instanceof RuntimeException defect ? defect : new IllegalStateException(root.toString(), root);
        }
    }
}
