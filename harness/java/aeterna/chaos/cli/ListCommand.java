package aeterna.chaos.cli;

import aeterna.chaos.console.Console;
import java.lang.reflect.Method;
import java.util.Locale;
import picocli.CommandLine.Command;

/** Lists the scenarios. */
@Command(name = "list", description = "List the scenarios and their experiments.")
final class ListCommand implements Runnable {
    private final Console console;

    ListCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        for (Class<?> scenario : Catalogue.onClassPath().classes()) {
            console.out().println(scenario.getSimpleName());
            for (Method experiment : Catalogue.experiments(scenario)) {
                console.out().println("  ." + experiment.getName() + "  (" + words(experiment.getName()) + ")");
            }
        }
        console.out().println();
        console.out().println("./chaos run NAME…  runs some of them, ./chaos run all of them.");
    }

    /** {@code aStandbyTakesOver} as people say it. */
    private static String words(String camelCase) {
        return camelCase.replaceAll("(?<!^)([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }
}
