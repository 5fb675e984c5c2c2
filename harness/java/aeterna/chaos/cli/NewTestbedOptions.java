package aeterna.chaos.cli;

import aeterna.chaos.wiring.Harness;
import aeterna.chaos.wiring.Settings;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a testbed shall be, if it has to be made; used as a picocli mixin. */
final class NewTestbedOptions {
    @Mixin
    private TestbedOptions testbed;

    @Mixin
    private ImageOptions images;

    @Option(
            names = "--topology",
            paramLabel = "NAME",
            defaultValue = "${sys:chaos.topology:-" + Settings.TOPOLOGY + "}",
            description = "A file of kind-config/ (default: ${DEFAULT-VALUE}).")
    private String topology;

    @Option(
            names = "--timers",
            paramLabel = "NAME",
            defaultValue = "${sys:chaos.timers:-" + Settings.TIMERS + "}",
            description = "A block of kind-config/node-timers.yaml: stock or tuned (default: ${DEFAULT-VALUE}).")
    private String timers;

    /**
     * The command that finds the same testbed again, as a user would type it.
     *
     * @param what its option that says what is deployed there
     */
    List<String> again(Path launcher, String what) {
        return List.of(
                launcher.toString(),
                "up",
                what,
                "--name=" + testbed.name(),
                "--topology=" + topology,
                "--timers=" + timers,
                "--images=" + images.mode());
    }

    /** Tells the front door for tests, which reads system properties. */
    void tell() {
        System.setProperty("chaos.testbed", testbed.name());
        System.setProperty("chaos.topology", topology);
        System.setProperty("chaos.timers", timers);
        System.setProperty("chaos.images", images.mode().toString());
    }

    Harness harness(Wiring wiring) {
        var settings = new Settings(testbed.name(), topology, timers, images.mode());
        return new Harness(wiring.home(), settings, wiring.programs(), wiring.environment());
    }
}
