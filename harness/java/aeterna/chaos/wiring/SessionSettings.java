package aeterna.chaos.wiring;

import aeterna.chaos.model.Problem;
import aeterna.chaos.stack.Profile;
import aeterna.chaos.time.DurationText;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a run of scenarios is told from outside.
 *
 * @param home the project's folder
 * @param reports where the run's folder goes
 * @param testbed which testbed
 * @param profile how the stack is configured
 * @param steadyWithin how long to wait until the stack is steady; more than zero
 * @param keep whether what was started stays for a look when the stack does not become steady
 * @param seed where every choice comes from; empty to draw one
 * @param trials how often each experiment is carried out, at least 1
 * @param repeatVoid whether a trial that is VOID is repeated, once
 * @param into the run that this one is a further part of; empty for a run of its own
 * @param pushMetrics where the run's metrics are also sent to; empty for nowhere
 * @param planned how many scenarios there will be; 0 when nobody said
 * @param dryRun true to touch nothing, and only say whom the faults would hit
 */
public record SessionSettings(
        Path home,
        Path reports,
        Settings testbed,
        Profile profile,
        Duration steadyWithin,
        boolean keep,
        OptionalLong seed,
        int trials,
        boolean repeatVoid,
        Optional<String> into,
        Optional<MetricsPush> pushMetrics,
        int planned,
        boolean dryRun) {
    /** The profile unless told otherwise. */
    public static final String PROFILE = "recommended";

    /** How long a stack may take to become steady unless told otherwise: far beyond the usual, so that what takes this long never ends. */
    public static final String STEADY_WITHIN = "6m";

    /** What the {@code -Dchaos.…} properties say. */
    public static SessionSettings ofSystemProperties() {
        var home =
                Path.of(System.getProperty("chaos.home", "")).toAbsolutePath().normalize();
        var profile = Profile.read(home.resolve("stack"), System.getProperty("chaos.profile", PROFILE));
        return new SessionSettings(
                home,
                reports(home),
                Settings.ofSystemProperties(profile),
                profile,
                DurationText.parse(System.getProperty("chaos.steadyWithin", STEADY_WITHIN)),
                Boolean.getBoolean("chaos.keep"),
                seed(System.getProperty("chaos.seed", "")),
                trials(System.getProperty("chaos.trials", "1")),
                Boolean.getBoolean("chaos.repeatVoid"),
                Optional.of(System.getProperty("chaos.into", "")).filter(run -> !run.isEmpty()),
                MetricsPush.to(System.getProperty("chaos.pushMetrics", "")),
                Integer.getInteger("chaos.planned", 0),
                Boolean.getBoolean("chaos.dryRun"));
    }

    /** Where runs leave their folders: {@code reports/} in the project's folder, or what {@code -Dchaos.reports} says. */
    public static Path reports(Path home) {
        return home.resolve(System.getProperty("chaos.reports", "reports"));
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

    private static int trials(String text) {
        if (!text.matches("[1-9][0-9]{0,2}")) {
            throw new Problem("'" + text + "' is no number of trials", "Say a whole number from 1 to 999.");
        }
        return Integer.parseInt(text);
    }

    /** The seed that was given, else that of the run which this one is a part of, else one drawn now. */
    long seed(OptionalLong ofRun) {
        return seed.orElseGet(() -> ofRun.orElseGet(() -> new SecureRandom().nextInt(1, Integer.MAX_VALUE)));
    }
}
