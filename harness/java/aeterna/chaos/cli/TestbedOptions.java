package aeterna.chaos.cli;

import aeterna.chaos.cluster.Provider;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.image.ImageMode;
import aeterna.chaos.model.Problem;
import aeterna.chaos.wiring.Harness;
import aeterna.chaos.wiring.Settings;
import picocli.CommandLine.Option;

/** Which existing testbed a command means; used as a picocli mixin. */
final class TestbedOptions {
    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "${sys:chaos.testbed:-" + Settings.TESTBED + "}",
            description = "The testbed's name (default: ${DEFAULT-VALUE}).")
    private String name;

    String name() {
        return name;
    }

    /** The harness about that testbed; nothing is built or made with it. */
    Harness harness(Wiring wiring) {
        var settings = new Settings(name, Settings.TOPOLOGY, Settings.TIMERS, ImageMode.OFFLINE);
        return new Harness(wiring.home(), settings, wiring.programs(), wiring.environment());
    }

    /** Finds and removes testbeds. */
    Provider finder(Wiring wiring) {
        return harness(wiring).provider(wiring.progress());
    }

    /** The testbed, which must exist. */
    Testbed testbed(Provider finder) {
        return finder.find(name)
                .orElseThrow(() -> new Problem("there is no testbed " + name, "Make it with `./chaos up`."));
    }
}
