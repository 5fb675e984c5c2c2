package aeterna.chaos.cli;

import aeterna.chaos.wiring.CrashSubject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Breaks something on the warm testbed in order to be killed; for {@code bench crash} alone. */
@Command(name = "crash-subject", hidden = true, description = "Break something, to be killed meanwhile (bench crash).")
final class CrashSubjectCommand implements Runnable {
    private final Wiring wiring;

    @Mixin
    private TestbedOptions options;

    @Option(names = "--fault", required = true, paramLabel = "NAME", description = "What to break.")
    private String fault;

    @Option(names = "--seed", required = true, paramLabel = "N", description = "Where every choice comes from.")
    private long seed;

    CrashSubjectCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public void run() {
        subject(wiring, options.name()).run(fault, seed);
    }

    static CrashSubject subject(Wiring wiring, String testbed) {
        return new CrashSubject(
                wiring.home(),
                testbed,
                wiring.programs(),
                wiring.environment(),
                wiring.console().out());
    }
}
