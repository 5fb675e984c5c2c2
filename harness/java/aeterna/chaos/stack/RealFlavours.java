package aeterna.chaos.stack;

import aeterna.chaos.model.Nearest;
import aeterna.chaos.model.Problem;
import aeterna.chaos.yaml.Yaml;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The upstream software that can take the place of ours, as {@code stack/flavours/real.yaml} says.
 *
 * @param components by id
 */
public record RealFlavours(SortedMap<String, Component> components) {
    private static final Pattern PINNED = Pattern.compile("[a-z0-9][a-z0-9./-]*(:[\\w.-]+|@sha256:[0-9a-f]{64})");

    /** Image names of the stack that mean upstream images begin so. */
    public static final String PREFIX = "real.";

    public RealFlavours {
        components = Collections.unmodifiableSortedMap(new TreeMap<>(components));
    }

    /**
     * One component as upstream makes it.
     *
     * @param images by the names that manifests and options use; the component's own image has its id
     * @param operator the manifest of the operator that must be there first, a URL or a file
     * @param needs another component that must be upstream's as well
     * @param lacks what scenarios may ask for and it cannot do, each with the reason
     */
    public record Component(
            String id,
            SortedMap<String, String> images,
            Optional<String> operator,
            Optional<String> needs,
            SortedMap<String, String> lacks) {}

    /** Reads the file in the folder {@code stack/}. */
    public static RealFlavours read(Path stack) {
        var components = new TreeMap<String, Component>();
        Yaml.read(stack.resolve("flavours/real.yaml")).map().forEach((id, entry) -> {
            entry.only(Set.of("images", "operator", "needs", "lacks"));
            entry.get("images").get(id);
            var images = new TreeMap<String, String>();
            entry.get("images").map().forEach((name, reference) -> images.put(name, pinned(reference)));
            components.put(
                    id,
                    new Component(
                            id,
                            images,
                            entry.find("operator").map(Yaml::text),
                            entry.find("needs").map(Yaml::text),
                            new TreeMap<>(entry.find("lacks").map(Yaml::textMap).orElseGet(TreeMap::new))));
        });
        return new RealFlavours(components);
    }

    private static String pinned(Yaml reference) {
        if (!PINNED.matcher(reference.text()).matches() || reference.text().endsWith(":latest")) {
            throw reference.problem("'" + reference.text() + "' is no pinned image", "Write it with a tag or digest.");
        }
        return reference.text();
    }

    /** The component of that id; throws a {@link Problem} when there is no upstream software for it. */
    public Component get(String id) {
        var component = components.get(id);
        if (component == null) {
            throw new Problem(
                    "there is no component '" + id + "' that has an upstream flavour",
                    Nearest.remedy(id, components.keySet()));
        }
        return component;
    }

    /** Every image name of every component. */
    public List<String> imageNames() {
        return components.values().stream()
                .flatMap(component -> component.images().keySet().stream())
                .toList();
    }
}
