package aeterna.chaos.cli;

import aeterna.chaos.journal.Watcher;
import aeterna.chaos.time.DurationText;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Makes the testbed, or finds it again. */
@Command(
        name = "up",
        description =
                "Make the testbed: a multi-node Kubernetes cluster in zones. A warm one is found again and healed.",
        footer = {"", "It stays until ./chaos down. Images that are missing are built first."})
final class UpCommand implements Runnable {
    private final Wiring wiring;

    @Mixin
    private NewTestbedOptions options;

    UpCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public void run() {
        long began = wiring.clock().nanos();
        var harness = options.harness(wiring);
        var request = harness.request();
        var progress = wiring.progress();
        var provider = harness.provider(progress);
        try (var kept = provider.reserve(request.name());
                var up = provider.up(request, progress)) {
            var out = wiring.console().out();
            harness.leftovers(harness.journal(wiring.clock(), Watcher.none())).undo(up, out::println);
            out.printf(
                    "testbed %s: %d nodes Ready in zones %s, up in %s%n",
                    up.name(),
                    up.topology().nodes().size(),
                    up.topology().zones().stream().map(Object::toString).collect(Collectors.joining(", ")),
                    DurationText.of(wiring.clock().since(began)));
            out.println("  export KUBECONFIG=" + up.kubeconfig());
            out.println("  ./chaos status    ./chaos kubectl get pods -A    ./chaos down");
        }
    }
}
