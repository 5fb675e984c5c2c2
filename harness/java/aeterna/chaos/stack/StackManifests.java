package aeterna.chaos.stack;

import aeterna.chaos.cluster.KubernetesFields;
import aeterna.chaos.cluster.Manifests;
import aeterna.chaos.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The stack's manifests as one profile and some flavours make them.
 *
 * @param folder the folder {@code stack/}
 * @param components their ids, in the order in which they are applied
 * @param real those of them that run upstream's software
 * @param values what fills the manifests
 */
record StackManifests(
        Path folder, List<String> components, Set<String> real, Profile profile, Map<String, String> values) {
    StackManifests {
        components = List.copyOf(components);
        real = Set.copyOf(real);
        values = Map.copyOf(values);
    }

    /** What is applied. Where nothing is changed, a manifest goes as it stands; else its objects are written anew, one each. */
    List<String> texts() {
        if (changes().isEmpty()) {
            return written();
        }
        var fields = KubernetesFields.ofRelease();
        return objects().stream().map(object -> fields.known(object).document()).toList();
    }

    /** Its objects as profile and flavours write them, fields that Kubernetes does not have included. */
    List<Yaml> objects() {
        var objects = written().stream()
                .flatMap(text -> Yaml.parseAll("stack", text).stream())
                .toList();
        for (var change : changes()) {
            objects = change.in(objects);
        }
        return objects;
    }

    private List<String> written() {
        return Stream.concat(Stream.of(folder), components.stream().map(this::part))
                .flatMap(part -> new Manifests(part).filled(values).stream())
                .toList();
    }

    private Path part(String component) {
        var upstream = folder.resolve("flavours/real").resolve(component);
        return real.contains(component) && Files.isDirectory(upstream) ? upstream : folder.resolve(component);
    }

    /** First what the flavours change, then the profile. */
    private List<Change> changes() {
        var changes = new ArrayList<Change>();
        components.stream().filter(real::contains).forEach(component -> changes.addAll(ofFlavour(component)));
        profile.changes().stream().filter(change -> change.isFor(real)).forEach(changes::add);
        return changes;
    }

    private List<Change> ofFlavour(String component) {
        var file = folder.resolve("flavours/real").resolve(component + ".yaml");
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return Yaml.parse(file.toString(), Manifests.fill(file.toString(), Files.readString(file), values))
                    .only(Set.of("changes"))
                    .get("changes")
                    .list()
                    .stream()
                    .map(Change::read)
                    .toList();
        } catch (IOException unreadable) {
            throw new IllegalStateException("it was there a moment ago: " + file, unreadable);
        }
    }
}
