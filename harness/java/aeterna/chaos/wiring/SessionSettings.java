package aeterna.chaos.wiring;

import aeterna.chaos.model.Problem;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.OptionalLong;

/**
 * What a run of scenarios is told from outside.
 *
 * @param home the project's folder
 * @param reports where the run's folder goes
 * @param testbed which testbed
 * @param profile how the stack is configured: a file of {@code stack/profiles/}
 * @param seed where every choice comes from; empty to draw one
 */
public record SessionSettings(Path home, Path reports, Settings testbed, String profile, OptionalLong seed) {
    /** The profile unless told otherwise. */
    public static final String PROFILE = "recommended";

    /** What the {@code -Dchaos.…} properties say. */
    public static SessionSettings ofSystemProperties() {
        var home =
                Path.of(System.getProperty("chaos.home", "")).toAbsolutePath().normalize();
        return new SessionSettings(
                home,
                home.resolve(System.getProperty("chaos.reports", "reports")),
                Settings.ofSystemProperties(),
                System.getProperty("chaos.profile", PROFILE),
                seed(System.getProperty("chaos.seed", "")));
    }

    private static OptionalLong seed(String text) {
        try {
            return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException notANumber) {
            throw new Problem(
                    "the seed '" + text + "' is not a whole number",
                    "Copy it from a report, or leave it out.",
                    notANumber);
        }
    }

    /** The seed that was given, or one drawn now. */
    long drawSeed() {
        return seed.orElseGet(() -> new SecureRandom().nextInt(1, Integer.MAX_VALUE));
    }
}
