package aeterna.chaos.cli;

import aeterna.chaos.cluster.Healing;
import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.journal.Residue;
import aeterna.chaos.journal.Watcher;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Problem;
import aeterna.chaos.time.Waiting;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Undoes every damage that an earlier run left on the testbed. */
@Command(name = "heal", description = "Undo whatever an earlier run left broken; does nothing when all is whole.")
final class HealCommand implements Runnable {
    /** A node that was off starts its kubelet and its pods first; 12 s were measured. */
    private static final Duration READY = Duration.ofSeconds(90);

    private final Wiring wiring;

    @Mixin
    private TestbedOptions options;

    HealCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public void run() {
        var out = wiring.console().out();
        var finder = options.finder(wiring);
        try (var kept = finder.reserve(options.name());
                var testbed = options.testbed(finder)) {
            try {
                replayJournal(testbed, out);
            } finally {
                // And whatever is broken besides, whoever did it.
                healMachines(testbed, out);
            }
            awaitReady(testbed);
            demandNoResidue(testbed);
            out.println("testbed " + testbed.name() + " is whole");
        }
    }

    private void replayJournal(Testbed testbed, PrintStream out) {
        var harness = options.harness(wiring);
        harness.leftovers(harness.journal(wiring.clock(), Watcher.none())).undo(testbed, out::println);
    }

    private static void healMachines(Testbed testbed, PrintStream out) {
        for (Machine machine : Healing.of(testbed.machines()).heal()) {
            out.printf(
                    "healed %s: it was %s%n",
                    machine.node(),
                    (machine.power() == Machine.Power.ON
                                    ? machine.network().name()
                                    : machine.power().name())
                            .toLowerCase(Locale.ROOT)
                            .replace('_', ' '));
        }
    }

    /** Taints of a node that was away go a moment after it is Ready. */
    private static void demandNoResidue(Testbed testbed) {
        var residue = new Residue(testbed);
        if (Waiting.atMost(READY).until(residue::look, List::isEmpty).isEmpty()) {
            throw new Problem(
                    "healed, and yet faults have left something on testbed " + testbed.name() + ": " + residue.look(),
                    "Nobody announced it, so nobody can undo it: `./chaos down` and `./chaos up` make the testbed anew.");
        }
    }

    private void awaitReady(Testbed testbed) {
        try (var step = wiring.progress().begin("waiting for the nodes", Duration.ZERO)) {
            int all = testbed.topology().nodes().size();
            boolean ready = Waiting.atMost(READY).untilTrue(() -> {
                long now = testbed.cluster().nodes().stream()
                        .filter(NodeStatus::ready)
                        .count();
                step.at(now, all, "");
                return now == all;
            });
            if (!ready) {
                step.failed("not all are Ready");
                throw new Problem(
                        "not all nodes are Ready " + READY.toSeconds() + " s after healing",
                        "`./chaos status` shows which; `./chaos down` and `./chaos up` make the testbed anew.");
            }
        }
    }
}
