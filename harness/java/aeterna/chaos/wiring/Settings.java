package aeterna.chaos.wiring;

import aeterna.chaos.image.ImageMode;
import aeterna.chaos.model.Problem;

/**
 * Which testbed a run is about.
 *
 * @param testbed its name: lower-case letters, digits and dashes, at most 40
 * @param topology a file of {@code kind-config/} without its ending
 * @param timers a block of {@code kind-config/node-timers.yaml}
 * @param images where images come from
 */
public record Settings(String testbed, String topology, String timers, ImageMode images) {
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

    /** What {@code -Dchaos.testbed}, {@code -Dchaos.topology}, {@code -Dchaos.timers} and {@code -Dchaos.images} say. */
    public static Settings ofSystemProperties() {
        return new Settings(
                System.getProperty("chaos.testbed", TESTBED),
                System.getProperty("chaos.topology", TOPOLOGY),
                System.getProperty("chaos.timers", TIMERS),
                ImageMode.of(System.getProperty("chaos.images", "auto")));
    }
}
