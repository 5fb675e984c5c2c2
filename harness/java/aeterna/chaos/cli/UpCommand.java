package aeterna.chaos.cli;

import aeterna.chaos.journal.Watcher;
import aeterna.chaos.model.Image;
import aeterna.chaos.stack.Component;
import aeterna.chaos.time.DurationText;
import aeterna.chaos.wiring.FlawList;
import aeterna.chaos.wiring.Started;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes the testbed, or finds it again. */
@Command(
        name = "up",
        description =
                "Make the testbed, a multi-node Kubernetes cluster in zones, and deploy the stack. What is warm is"
                        + " found again and healed.",
        footer = {"", "It stays until ./chaos down. Images that are missing are built first."})
final class UpCommand implements Runnable {
    private final Wiring wiring;

    @Mixin
    private NewTestbedOptions options;

    @Mixin
    private StackOptions stackOptions;

    @Option(names = "--bare", description = "The cluster alone, without the stack.")
    private boolean bare;

    UpCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public void run() {
        long began = wiring.clock().nanos();
        var configured = stackOptions.profile(wiring.home());
        var harness = options.harness(wiring, configured);
        var request = harness.request();
        var progress = wiring.progress();
        var provider = harness.provider(progress);
        var started = Started.look(provider, request.name(), stackOptions.keep());
        if (started.testbedIsOurs()) {
            harness.requireRoom(request, !bare);
        }
        var images = bare ? Map.<String, Image>of() : harness.ensureStack(configured, progress);
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
            if (!bare) {
                started.beforeTheStack(up);
                var stack = harness.stack(up, images, wiring.clock()).apply(configured);
                try {
                    up.provide(images.values(), progress);
                    stack.deploy(progress, stackOptions.steadyWithin());
                } catch (RuntimeException unsteady) {
                    throw started.undone(up, unsteady);
                }
                out.printf(
                        "stack, profile %s: %s steady, after %s%n",
                        configured.name(),
                        stack.components().stream().map(Component::id).collect(Collectors.joining(", ")),
                        DurationText.of(wiring.clock().since(began)));
                var flaws = FlawList.of(stack, up.topology(), progress);
                flaws.lines().forEach(out::println);
                flaws.requireAsKnown(configured.name());
            }
            out.println("  export KUBECONFIG=" + up.kubeconfig());
            out.println("  ./chaos status    ./chaos kubectl get pods -A    ./chaos down");
        }
    }
}
