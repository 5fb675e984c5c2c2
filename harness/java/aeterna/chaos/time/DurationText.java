package aeterna.chaos.time;

import aeterna.chaos.model.Problem;
import java.time.Duration;
import java.util.regex.Pattern;

/** Durations as people say them: {@code 0.4 s}, {@code 47 s}, {@code 5 min 12 s}, {@code 1 h 3 min}. */
public final class DurationText {
    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,7}) ?(ms|s|m)");

    private DurationText() {}

    /** The duration to the precision that people care about at its size. */
    public static String of(Duration duration) {
        long millis = Math.max(0, duration.toMillis());
        if (millis < 9_950) {
            long tenths = (millis + 50) / 100;
            return tenths / 10 + "." + tenths % 10 + " s";
        }
        long seconds = (millis + 500) / 1000;
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + " s");
        }
        long minutes = (seconds + 30) / 60;
        return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
    }

    /**
     * A duration as people write it: {@code 45s}, {@code 6m}, {@code 1500ms}.
     *
     * @throws Problem when it is none, or zero
     */
    public static Duration parse(String text) {
        var match = WRITTEN.matcher(text.strip());
        if (!match.matches() || Integer.parseInt(match.group(1)) == 0) {
            throw new Problem("'" + text + "' is no duration above zero", "Write it like 45s, 6m or 1500ms.");
        }
        var number = Integer.parseInt(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
    }

    /** A rough duration, for what is still to come: {@code a few seconds}, {@code 20 s}, {@code 4 min}. */
    public static String roughly(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 10) {
            return "a few seconds";
        }
        if (seconds < 90) {
            return (seconds + 5) / 10 * 10 + " s";
        }
        return (seconds + 30) / 60 + " min";
    }
}
