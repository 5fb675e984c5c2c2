package aeterna.chaos.wiring;

import aeterna.chaos.image.ImageMode;
import aeterna.chaos.model.Problem;
import aeterna.chaos.stack.Profile;

/**
 * Which testbed a run is about.
 *
 * @param testbed its name: lower-case letters, digits and dashes, at most 40
 * @param topology a file of {@code kind-config/} without its ending
 * @param timers a block of {@code kind-config/node-timers.yaml}
 * @param images where images come from
 * @param flavours which components run upstream's software, as far as that is said one by one
 */
public record Settings(String testbed, String topology, String timers, ImageMode images, FlavourChoice flavours) {
    /** The testbed's name unless told otherwise. */
    public static final String TESTBED = "aeterna-chaos";

    /** The topology unless told otherwise. */
    public static final String TOPOLOGY = "three-zones";

    /** The node timers unless told otherwise. */
    public static final String TIMERS = "tuned";

    public Settings {
        if (!testbed.matches("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")) {
            throw new Problem(
                    "'" + testbed + "' cannot be a testbed's name",
                    "Use lower-case letters, digits and dashes, at most 40 in all.");
        }
    }

    /** The same with nothing said of single components. */
    public Settings(String testbed, String topology, String timers, ImageMode images) {
        this(testbed, topology, timers, images, FlavourChoice.none());
    }

    /** The same with that said of single components. */
    public Settings with(FlavourChoice choice) {
        return new Settings(testbed, topology, timers, images, choice);
    }

    /**
     * What {@code -Dchaos.testbed}, {@code -Dchaos.topology}, {@code -Dchaos.timers} and {@code -Dchaos.images} say.
     *
     * @param profile what it is for: it says what is not said otherwise
     */
    public static Settings ofSystemProperties(Profile profile) {
        return suited(
                        profile,
                        System.getProperty("chaos.testbed", TESTBED),
                        System.getProperty("chaos.topology", ""),
                        System.getProperty("chaos.timers", ""),
                        ImageMode.of(System.getProperty("chaos.images", "auto")))
                .with(FlavourChoice.of(System.getProperties()));
    }

    /** The same with the profile's own topology and node timers, or else the usual ones, where those are empty. */
    public static Settings suited(Profile profile, String testbed, String topology, String timers, ImageMode images) {
        return new Settings(
                testbed,
                topology.isEmpty() ? profile.testbed().getOrDefault("topology", TOPOLOGY) : topology,
                timers.isEmpty() ? profile.testbed().getOrDefault("timers", TIMERS) : timers,
                images);
    }
}
