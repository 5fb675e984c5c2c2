package aeterna.chaos.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Removes the testbed. */
@Command(
        name = "down",
        description = "Remove the testbed: exactly what carries its label in Docker. Built images stay.")
final class DownCommand implements Runnable {
    private final Wiring wiring;

    @Mixin
    private TestbedOptions options;

    DownCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public void run() {
        var finder = options.finder(wiring);
        try (var kept = finder.reserve(options.name())) {
            var removed = finder.down(options.name());
            wiring.console()
                    .out()
                    .println(
                            removed.nothing()
                                    ? "there is no testbed " + options.name()
                                    : "testbed " + options.name() + " removed: " + removed.containers()
                                            + " containers with their volumes, " + removed.networks() + " network");
        }
    }
}
