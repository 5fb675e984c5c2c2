package aeterna.chaos.stack;

import aeterna.chaos.model.Problem;
import aeterna.chaos.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How the stack is configured.
 *
 * @param name such as {@code recommended}
 * @param values by the names that manifests use, such as {@code postgres.ttl}
 */
public record Profile(String name, SortedMap<String, String> values) {
    public Profile {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    /**
     * Reads {@code profiles/<name>.yaml}.
     *
     * @param stack the folder {@code stack/}
     */
    public static Profile read(Path stack, String name) {
        var folder = stack.resolve("profiles");
        var known = names(folder);
        if (!known.contains(name)) {
            throw new Problem(
                    "there is no profile '" + name + "' in " + folder,
                    "Name one of " + String.join(", ", known) + ", or add " + folder.resolve(name + ".yaml") + ".");
        }
        var values = new TreeMap<String, String>();
        Yaml.read(folder.resolve(name + ".yaml"))
                .map()
                .forEach((component, settings) ->
                        settings.textMap().forEach((key, value) -> values.put(component + "." + key, value)));
        values.put("profile.name", name);
        return new Profile(name, values);
    }

    private static List<String> names(Path folder) {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".yaml"))
                    .map(file -> file.substring(0, file.length() - ".yaml".length()))
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw new Problem(folder + " cannot be listed", "Run from a complete checkout of the project.", unreadable);
        }
    }

    /** The same with one value changed, which must be there already: a planted defect. */
    public Profile with(String key, String value) {
        get(key);
        var changed = new TreeMap<>(values);
        changed.put(key, value);
        return new Profile(name, changed);
    }

    /** The value of that name. */
    public String get(String key) {
        var value = values.get(key);
        if (value == null) {
            throw new Problem(
                    "the profile '" + name + "' does not say " + key,
                    "Known are " + String.join(", ", values.keySet()) + ".");
        }
        return value;
    }

    /** The whole number of that name. */
    public int number(String key) {
        try {
            return Integer.parseInt(get(key));
        } catch (NumberFormatException notANumber) {
            throw new Problem(
                    "the profile '" + name + "' says " + key + ": " + get(key) + ", which is not a whole number",
                    "Write a whole number.",
                    notANumber);
        }
    }

    /** What fills the manifests: these values and the images' references. */
    Map<String, String> with(Map<String, String> images) {
        var all = new TreeMap<>(values);
        all.putAll(images);
        return all;
    }
}
