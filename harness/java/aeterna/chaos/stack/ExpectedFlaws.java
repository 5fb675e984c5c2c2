package aeterna.chaos.stack;

import aeterna.chaos.model.Flaw;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Topology;
import aeterna.chaos.yaml.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The flaws that a profile is known to have on a testbed of some number of zones, each with its reason. One whose reason begins with
 * {@code sometimes:} need not be there.
 *
 * @param entries in the order of the file
 */
public record ExpectedFlaws(List<Entry> entries) {
    private static final String ANY = "any";
    private static final String SOMETIMES = "sometimes:";

    public ExpectedFlaws {
        entries = List.copyOf(entries);
    }

    /**
     * One of them.
     *
     * @param zones how many zones there are where it is so, such as {@code 2 zones}; or {@code any}
     */
    public record Entry(Flaw.Kind kind, String object, String zones, String because) {}

    /** Nothing is known to be wrong. */
    static ExpectedFlaws none() {
        return new ExpectedFlaws(List.of());
    }

    /** Reads a profile's {@code expected}: kind, object, zones, reason. */
    static ExpectedFlaws read(Yaml expected) {
        var entries = new ArrayList<Entry>();
        expected.map().forEach((kind, objects) -> {
            var known = kind(objects, kind);
            objects.map()
                    .forEach((object, zones) -> zones.map()
                            .forEach((where, because) ->
                                    entries.add(new Entry(known, object, zones(because, where), because.text()))));
        });
        return new ExpectedFlaws(entries);
    }

    private static Flaw.Kind kind(Yaml place, String name) {
        try {
            return Flaw.Kind.of(name);
        } catch (Problem unknown) {
            throw place.problem(unknown.getMessage(), unknown.remedy());
        }
    }

    private static String zones(Yaml place, String where) {
        if (!where.equals(ANY) && !where.matches("[1-9] zones?")) {
            throw place.problem("'" + where + "' says no number of zones", "Write 'any', or such as '2 zones'.");
        }
        return where;
    }

    /** Those of a testbed. */
    public ExpectedFlaws on(Topology topology) {
        var zones = topology.zones().size() + (topology.zones().size() == 1 ? " zone" : " zones");
        return new ExpectedFlaws(entries.stream()
                .filter(entry -> entry.zones().equals(ANY) || entry.zones().equals(zones))
                .toList());
    }

    /** Why it is so; empty when it is not known to be. */
    public Optional<String> because(Flaw.Kind kind, String object) {
        return entries.stream()
                .filter(entry -> entry.kind() == kind && entry.object().equals(object))
                .map(Entry::because)
                .findFirst();
    }

    /** True when that is known to be so. */
    public boolean has(Flaw.Kind kind, String object) {
        return because(kind, object).isPresent();
    }

    /** True when that very flaw is known. */
    public boolean has(Flaw flaw) {
        return has(flaw.kind(), flaw.object());
    }

    /** Those that none of the flaws is, and one of them should be. */
    public List<Entry> missingFrom(List<Flaw> found) {
        var missing = new TreeMap<String, Entry>();
        for (var entry : entries) {
            if (!entry.because().startsWith(SOMETIMES)
                    && found.stream().noneMatch(flaw -> flaw.sameAs(entry.kind(), entry.object()))) {
                missing.put(entry.kind() + " " + entry.object(), entry);
            }
        }
        return List.copyOf(missing.values());
    }
}
