package aeterna.chaos.cli;

import aeterna.chaos.stack.Profile;
import aeterna.chaos.time.DurationText;
import aeterna.chaos.wiring.SessionSettings;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How the stack is configured and waited for; used as a picocli mixin. */
final class StackOptions {
    @Option(
            names = "--profile",
            paramLabel = "NAME",
            defaultValue = "${sys:chaos.profile:-" + SessionSettings.PROFILE + "}",
            description = "How the stack is configured: a file of stack/profiles/ (default: ${DEFAULT-VALUE}).")
    private String profile;

    @Option(
            names = "--steady-within",
            paramLabel = "TIME",
            defaultValue = "${sys:chaos.steadyWithin:-" + SessionSettings.STEADY_WITHIN + "}",
            description = "When to give up on a stack that does not become steady, such as 90s"
                    + " (default: ${DEFAULT-VALUE}).")
    private String steadyWithin;

    @Option(
            names = "--keep",
            description = "Keep what was started for a look when the stack does not become steady; otherwise it is"
                    + " removed again. What was there before always stays.")
    private boolean keep;

    boolean keep() {
        return keep;
    }

    /** The option that configures the stack so again. */
    String again() {
        return "--profile=" + profile;
    }

    /** The profile, read. */
    Profile profile(Path home) {
        return Profile.read(home.resolve("stack"), profile);
    }

    Duration steadyWithin() {
        return DurationText.parse(steadyWithin);
    }

    /** Tells the front door for tests, which reads system properties. */
    void tell() {
        System.setProperty("chaos.profile", profile);
        System.setProperty("chaos.steadyWithin", steadyWithin);
        System.setProperty("chaos.keep", Boolean.toString(keep));
    }
}
