package aeterna.chaos.cli;

import aeterna.chaos.console.Console;
import aeterna.chaos.fault.FaultKind;
import java.lang.reflect.Method;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lists the scenarios, or the faults that they are made of. */
@Command(name = "list", description = "List the scenarios and their experiments, or the catalogue of faults.")
final class ListCommand implements Runnable {
    private final Console console;

    /** What there is to list. */
    enum What {
        SCENARIOS,
        FAULTS
    }

    @Parameters(
            arity = "0..1",
            paramLabel = "scenarios|faults",
            defaultValue = "SCENARIOS",
            description = "What to list (default: scenarios).")
    private What what = What.SCENARIOS;

    ListCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (what == What.FAULTS) {
            faults();
            return;
        }
        for (Class<?> scenario : Catalogue.onClassPath().classes()) {
            console.out().println(scenario.getSimpleName());
            for (Method experiment : Catalogue.experiments(scenario)) {
                console.out().println("  ." + experiment.getName() + "  (" + words(experiment.getName()) + ")");
            }
        }
        console.out().println();
        console.out().println("./chaos run NAME…  runs some of them, ./chaos run all of them.");
    }

    private void faults() {
        for (var kind : FaultKind.values()) {
            console.out().printf("%-22s told %s%n", kind, told(kind));
            console.out().printf("%-22s seen by %s%n", "", kind.witness());
        }
        console.out().println();
        console.out()
                .println(
                        "./chaos run --faults NAME…  tries some of them on the stack, ./chaos run --faults all of them.");
    }

    private static String told(FaultKind kind) {
        return kind.parameters().isEmpty() ? "nothing" : kind.parameters();
    }

    /** {@code aStandbyTakesOver} as people say it. */
    private static String words(String camelCase) {
        return camelCase.replaceAll("(?<!^)([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }
}
