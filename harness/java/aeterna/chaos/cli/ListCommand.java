package aeterna.chaos.cli;

import aeterna.chaos.console.Console;
import aeterna.chaos.expect.PromisePage;
import aeterna.chaos.fault.FaultKind;
import aeterna.chaos.stack.RealFlavours;
import java.lang.reflect.Method;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lists the scenarios, the faults that they are made of, or whose software the stack can run. */
@Command(
        name = "list",
        description = "List the scenarios and their experiments, the catalogue of faults, or upstream's software.")
final class ListCommand implements Runnable {
    private final Wiring wiring;
    private final Console console;

    /** What there is to list. */
    enum What {
        SCENARIOS,
        FAULTS,
        FLAVOURS
    }

    @Parameters(
            arity = "0..1",
            paramLabel = "scenarios|faults|flavours",
            defaultValue = "SCENARIOS",
            description = "What to list (default: scenarios).")
    private What what = What.SCENARIOS;

    ListCommand(Wiring wiring) {
        this.wiring = wiring;
        console = wiring.console();
    }

    @Override
    public void run() {
        if (what == What.FAULTS) {
            faults();
            return;
        }
        if (what == What.FLAVOURS) {
            flavours();
            return;
        }
        var page = PromisePage.read(wiring.home().resolve("docs/promises.md"));
        var section = "";
        for (var scenario : Catalogue.onClassPath().classes()) {
            var sources = Catalogue.sources(scenario);
            var about = page.named(sources.toArray(String[]::new)).stream()
                    .findFirst()
                    .map(PromisePage.Line::section)
                    .orElse("Not on the page");
            if (!about.equals(section)) {
                section = about;
                console.out().println((section.isEmpty() ? "" : "\n") + about);
            }
            console.out()
                    .printf(
                            "  %-26s %s%n",
                            scenario.getSimpleName().replaceFirst("Scenario$", ""), String.join(" ", sources));
            for (var experiment : Catalogue.experiments(scenario)) {
                experiment(experiment);
            }
        }
        console.out().println();
        console.out()
                .println(
                        "./chaos run NAME…  runs some of them: a scenario, Scenario.experiment, 'Scenario.experiment[case]', or a"
                                + " group; ./chaos run all of them.");
    }

    private void flavours() {
        RealFlavours.read(wiring.home().resolve("stack")).components().values().forEach(component -> {
            console.out()
                    .println(component.id()
                            + component
                                    .needs()
                                    .map(other -> "  (only with " + other + ")")
                                    .orElse(""));
            component.images().forEach((name, reference) -> console.out().printf("  %-18s %s%n", name, reference));
            component.operator().ifPresent(source -> console.out().printf("  %-18s %s%n", "operator", source));
            component.lacks().forEach((what, why) -> console.out().printf("  lacks %-12s %s%n", what, why));
        });
        console.out().println();
        console.out()
                .println(
                        "./chaos up --flavour COMPONENT=real  runs upstream's; auto, which is usual, where its images can be had.");
    }

    private void experiment(Method experiment) {
        var groups = Catalogue.groups(experiment);
        console.out()
                .println("    ." + experiment.getName() + "  (" + words(experiment.getName()) + ")"
                        + (groups.isEmpty() ? "" : "  " + groups));
        var cases = Catalogue.cases(experiment);
        if (!cases.isEmpty()) {
            console.out().println("        for each of " + String.join(", ", cases));
        }
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
