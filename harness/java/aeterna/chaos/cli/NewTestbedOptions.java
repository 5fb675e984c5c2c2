package aeterna.chaos.cli;

import aeterna.chaos.stack.Profile;
import aeterna.chaos.stack.RealFlavours;
import aeterna.chaos.wiring.FlavourChoice;
import aeterna.chaos.wiring.Harness;
import aeterna.chaos.wiring.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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
            defaultValue = "${sys:chaos.topology:-}",
            description = "A file of kind-config/ (default: the profile's, or else " + Settings.TOPOLOGY + ").")
    private String topology;

    @Option(
            names = "--timers",
            paramLabel = "NAME",
            defaultValue = "${sys:chaos.timers:-}",
            description = "A block of kind-config/node-timers.yaml: stock or tuned (default: the profile's, or else "
                    + Settings.TIMERS + ").")
    private String timers;

    @Option(
            names = "--flavour",
            paramLabel = "COMPONENT=FLAVOUR",
            description =
                    "Whose software a component runs: real (upstream's), offline (ours) or auto (./chaos list flavours).")
    private Map<String, String> flavours = Map.of();

    @Option(
            names = "--image",
            paramLabel = "NAME=REFERENCE",
            description = "Another upstream image than the one that is pinned.")
    private Map<String, String> upstreamImages = Map.of();

    @Option(
            names = "--operator",
            paramLabel = "COMPONENT=SOURCE",
            description = "Where the manifest of an upstream operator is had from: a URL or a file.")
    private Map<String, String> operators = Map.of();

    /** What the options say, and before them the properties. */
    private FlavourChoice choice() {
        return FlavourChoice.of(System.getProperties()).with(new FlavourChoice(flavours, upstreamImages, operators));
    }

    /**
     * The command that finds the same testbed again, as a user would type it.
     *
     * @param what its option that says what is deployed there
     */
    List<String> again(Path launcher, String what) {
        return Stream.of(
                        launcher.toString(),
                        "up",
                        what,
                        "--name=" + testbed.name(),
                        topology.isEmpty() ? "" : "--topology=" + topology,
                        timers.isEmpty() ? "" : "--timers=" + timers,
                        "--images=" + images.mode())
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** Tells the front door for tests, which reads system properties. */
    void tell() {
        System.setProperty("chaos.testbed", testbed.name());
        System.setProperty("chaos.topology", topology);
        System.setProperty("chaos.timers", timers);
        System.setProperty("chaos.images", images.mode().toString());
        choice().tell(System.getProperties());
    }

    /** @param profile what it is for: it says what is not said otherwise */
    Harness harness(Wiring wiring, Profile profile) {
        var choice = choice();
        choice.check(RealFlavours.read(wiring.home().resolve("stack")));
        var settings = Settings.suited(profile, testbed.name(), topology, timers, images.mode())
                .with(choice);
        return new Harness(wiring.home(), settings, wiring.programs(), wiring.environment());
    }
}
