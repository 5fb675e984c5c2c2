package aeterna.chaos.stack;

import aeterna.chaos.model.Problem;
import aeterna.chaos.yaml.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One way in which a profile's objects are others than the manifests say.
 *
 * @param what to do
 * @param object {@code Kind/name} of the object
 * @param content the patch, or the whole object to add; empty for a removal
 * @param when for which flavours of which components it is made, such as {@code real} of {@code postgres}; for all when empty
 * @param place where the profile says so
 */
record Change(What what, String object, Optional<Yaml> content, Map<String, String> when, String place) {
    /** What a change does. */
    enum What {
        PATCH,
        ADD,
        REMOVE
    }

    /** Reads one entry of a profile's {@code changes}; why and by which section it is so are for people and must be there. */
    static Change read(Yaml entry) {
        entry.only(Set.of("patch", "add", "remove", "with", "section", "why", "when"));
        entry.get("section").text();
        entry.get("why").text();
        var when = entry.find("when").map(Yaml::textMap).orElseGet(Map::of);
        if (entry.find("add").isPresent()) {
            var added = entry.get("add");
            return new Change(What.ADD, id(added), Optional.of(added), when, entry.place());
        }
        if (entry.find("remove").isPresent()) {
            return new Change(What.REMOVE, entry.get("remove").text(), Optional.empty(), when, entry.place());
        }
        return new Change(What.PATCH, entry.get("patch").text(), Optional.of(entry.get("with")), when, entry.place());
    }

    /** Whether it is made when those components run upstream's software. */
    boolean isFor(Set<String> real) {
        return when.entrySet().stream()
                .allMatch(condition -> real.contains(condition.getKey())
                        == condition.getValue().equals("real"));
    }

    /** {@code Kind/name} of an object. */
    static String id(Yaml object) {
        return object.get("kind").text() + "/"
                + object.get("metadata").get("name").text();
    }

    /** The objects with the change made; throws a {@link Problem} when it speaks of one that is not there, or adds one that is. */
    List<Yaml> in(List<Yaml> objects) {
        var there = objects.stream().anyMatch(one -> id(one).equals(object));
        if (there == (what == What.ADD)) {
            throw new Problem(
                    place + ": there is " + (there ? "already an object " : "no object ") + object,
                    "Name an object of the manifests in stack/ as Kind/name.");
        }
        var changed = new ArrayList<Yaml>();
        for (var one : objects) {
            if (!id(one).equals(object)) {
                changed.add(one);
            } else if (what == What.PATCH) {
                changed.add(one.patched(content.orElseThrow()));
            }
        }
        if (what == What.ADD) {
            changed.add(content.orElseThrow());
        }
        return changed;
    }
}
