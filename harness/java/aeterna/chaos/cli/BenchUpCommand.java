package aeterna.chaos.cli;

import aeterna.chaos.bench.UpBench;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Problem;
import aeterna.chaos.process.Invocation;
import aeterna.chaos.wiring.Harness;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how long a testbed, and the stack on it, take to be made and found again, and what they use idle. */
@Command(
        name = "up",
        description = "Measure how long the testbed takes to be made, found again and removed, and what it uses idle.",
        footer = {"", "The testbed of that name is removed before every round. Raw results go to reports/bench/."})
final class BenchUpCommand implements Runnable {
    /** Finding a warm testbed is a matter of seconds; past this something hangs. */
    private static final Duration FIND = Duration.ofMinutes(2);

    private final Wiring wiring;

    @Mixin
    private NewTestbedOptions options;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--stack",
            description = "Deploy the stack too: its images are got first, and its time until steady counts.")
    private boolean withStack;

    @Mixin
    private StackOptions stackOptions;

    BenchUpCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public void run() {
        if (rounds < 1) {
            throw new Problem("--rounds is " + rounds, "Measure at least one round.");
        }
        var harness = options.harness(wiring, stackOptions.profile(wiring.home()));
        var request = harness.request();
        var provider = harness.provider(wiring.progress());
        var findAgain = Invocation.of(
                        options.again(wiring.home().resolve("chaos"), withStack ? stackOptions.again() : "--bare"))
                .atMost(FIND);
        new UpBench(
                        provider,
                        request,
                        withStack ? Optional.of(deployment(harness)) : Optional.empty(),
                        () -> find(findAgain),
                        wiring.clock(),
                        wiring.console().out())
                .run(rounds, wiring.home().resolve(Path.of("reports", "bench")));
    }

    private Consumer<Testbed> deployment(Harness harness) {
        var profile = stackOptions.profile(wiring.home());
        var progress = wiring.progress();
        var images = harness.ensureStack(profile, progress);
        return testbed -> {
            testbed.provide(images.values(), progress);
            harness.stack(testbed, images, wiring.clock()).apply(profile).deploy(progress, stackOptions.steadyWithin());
        };
    }

    private void find(Invocation findAgain) {
        var output = wiring.programs().capture(findAgain);
        if (!output.ok()) {
            throw new Problem("the warm testbed was not found again: " + output.err(), "Run `./chaos up` by hand.");
        }
    }
}
