package aeterna.chaos.stack;

import aeterna.chaos.model.Nearest;
import aeterna.chaos.model.Problem;
import aeterna.chaos.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How the stack is configured: the values that fill its manifests, and in what its objects are others than they say.
 *
 * @param name such as {@code recommended}
 * @param values by the names that manifests use, such as {@code postgres.ttl}
 * @param changes in the order in which they are made
 * @param workarounds what could not be deployed as it is written
 * @param expected the flaws that it is known to have
 * @param flavours which it demands, by component
 * @param testbed for what it is made, by the names of the testbed's options: {@code topology}, {@code timers}
 */
public record Profile(
        String name,
        SortedMap<String, String> values,
        List<Change> changes,
        List<Workaround> workarounds,
        ExpectedFlaws expected,
        Map<String, String> flavours,
        Map<String, String> testbed) {
    private static final Set<String> BESIDE_VALUES =
            Set.of("basedOn", "testbed", "workarounds", "changes", "expected", "flavours");

    public Profile {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
        changes = List.copyOf(changes);
        workarounds = List.copyOf(workarounds);
        flavours = Map.copyOf(flavours);
        testbed = Map.copyOf(testbed);
    }

    Profile(String name, SortedMap<String, String> values) {
        this(name, values, List.of(), List.of(), ExpectedFlaws.none(), Map.of(), Map.of());
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
        var file = Yaml.read(folder.resolve(name + ".yaml"));
        var values = new TreeMap<String, String>();
        file.find("basedOn").map(base -> read(stack, base.text())).ifPresent(base -> values.putAll(base.values()));
        file.map().forEach((component, settings) -> {
            if (!BESIDE_VALUES.contains(component)) {
                settings.map().forEach((key, value) -> {
                    if (file.find("basedOn").isPresent() && !values.containsKey(component + "." + key)) {
                        throw value.problem(
                                "the profile this one is based on does not say " + component + "." + key,
                                Nearest.remedy(component + "." + key, values.keySet()));
                    }
                    values.put(component + "." + key, value.text());
                });
            }
        });
        values.put("profile.name", name);
        return new Profile(
                name,
                values,
                list(file, "changes").stream().map(Change::read).toList(),
                list(file, "workarounds").stream().map(Workaround::read).toList(),
                file.find("expected").map(ExpectedFlaws::read).orElseGet(ExpectedFlaws::none),
                file.find("flavours").map(Yaml::textMap).orElse(Map.of()),
                file.find("testbed")
                        .map(testbed ->
                                testbed.only(Set.of("topology", "timers")).textMap())
                        .orElse(Map.of()));
    }

    private static List<Yaml> list(Yaml file, String key) {
        return file.find(key).map(Yaml::list).orElse(List.of());
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
        return new Profile(name, changed, changes, workarounds, expected, flavours, testbed);
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
