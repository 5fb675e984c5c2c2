package aeterna.chaos.cli;

import aeterna.chaos.journal.Residue;
import aeterna.chaos.journal.Watcher;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists everything that faults have left on the testbed. */
@Command(
        name = "residue",
        description = {
            "List every trace that faults left on the testbed: machines that are off, frozen or cut off; queues, packet",
            "filters and routes; stopped, frozen and stress processes; full disks; clocks; helpers; cordons, taints, policies."
        },
        footer = {"", "Exit code: 0 there is none, 1 there are some (./chaos heal undoes them), 2 usage or environment."
        })
final class AuditResidueCommand implements Callable<Integer> {
    private final Wiring wiring;

    @Mixin
    private TestbedOptions options;

    AuditResidueCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public Integer call() {
        var out = wiring.console().out();
        var harness = options.harness(wiring);
        var finder = harness.provider(wiring.progress());
        // Kept meanwhile: in the middle of a run every fault would count as left.
        try (var kept = finder.reserve(options.name());
                var testbed = options.testbed(finder)) {
            var open = harness.journal(wiring.clock(), Watcher.none()).open(testbed.name());
            open.forEach(announced -> out.println(
                    "announced and never undone: " + announced.fault() + " (" + announced.wallTime() + ")"));
            var traces = new Residue(testbed).look();
            traces.forEach(out::println);
            if (open.isEmpty() && traces.isEmpty()) {
                out.println("no fault has left anything on testbed " + testbed.name());
                return ExitCode.OK;
            }
            return ExitCode.FOUND;
        }
    }
}
