package aeterna.chaos.cluster;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kubernetes manifests with {@code ${name}} in the places that images and profiles fill.
 *
 * @param folder the folder of the {@code .yaml} files
 */
public record Manifests(Path folder) {
    private static final Pattern PLACE = Pattern.compile("\\$\\{([a-z][A-Za-z0-9.-]*)}");

    /** Every manifest of the folder, by file name, filled; throws a {@link Problem} naming file and place for a name without a value. */
    public List<String> filled(Map<String, String> values) {
        return files().stream()
                .map(file -> fill(file.toString(), read(file), values))
                .toList();
    }

    /** Every manifest of the folder, by file name, as it stands. */
    public List<String> texts() {
        return files().stream().map(Manifests::read).toList();
    }

    private List<Path> files() {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw new Problem(folder + " cannot be listed", "Run from a complete checkout of the project.", unreadable);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new Problem(file + " cannot be read", "It must be a UTF-8 text file.", unreadable);
        }
    }

    /**
     * A text with its places filled.
     *
     * @param file the name that errors give the text
     */
    public static String fill(String file, String text, Map<String, String> values) {
        return PLACE.matcher(text).replaceAll(place -> {
            var value = values.get(place.group(1));
            if (value == null) {
                var line = text.substring(0, place.start()).lines().count();
                throw new Problem(
                        file + ":" + Math.max(1, line) + ": nothing fills ${" + place.group(1) + "}",
                        "Known are "
                                + String.join(
                                        ", ", values.keySet().stream().sorted().toList()) + ".");
            }
            return Matcher.quoteReplacement(value);
        });
    }
}
