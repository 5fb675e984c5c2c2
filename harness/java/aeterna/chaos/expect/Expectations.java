package aeterna.chaos.expect;

import aeterna.chaos.model.Expectation;
import aeterna.chaos.model.Expectation.Word;
import aeterna.chaos.yaml.Yaml;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What runs are expected to end with when that is not HELD, from a file of scenario, profile and provider, in that order:
 *
 * <pre>
 * PostgresPrimaryLossScenario.aStandbyTakesOver:
 *   as-documented:
 *     any:
 *       BROKEN: ANY 2 of 2 standbys
 *     kind: HELD
 * </pre>
 *
 * A scenario is a class, for all its methods, one {@code Class.method}, or one case of it, {@code Class.method[case]}; a profile or a
 * provider may be {@code any}. What is said more narrowly wins: the case over the method over the class, then the named profile,
 * then the named provider.
 */
public final class Expectations {
    private static final String ANY = "any";

    private final Map<List<String>, Expectation> expected;

    private Expectations(Map<List<String>, Expectation> expected) {
        this.expected = expected;
    }

    /** Everything is expected to be HELD. */
    public static Expectations none() {
        return new Expectations(Map.of());
    }

    /**
     * Reads a file.
     *
     * @throws aeterna.chaos.model.Problem naming the line when it is malformed
     */
    public static Expectations read(Path file) {
        return of(Yaml.read(file));
    }

    static Expectations of(Yaml root) {
        Map<List<String>, Expectation> expected = new HashMap<>();
        root.map()
                .forEach((scenario, profiles) -> profiles.map()
                        .forEach((profile, providers) -> providers
                                .map()
                                .forEach((provider, value) ->
                                        expected.put(List.of(scenario, profile, provider), expectation(value)))));
        return new Expectations(expected);
    }

    /**
     * What a scenario is expected to end with.
     *
     * @param scenario {@code Class.method} or {@code Class.method[case]}
     */
    public Expectation of(String scenario, String profile, String provider) {
        var method = scenario.replaceFirst("\\[.*", "");
        var className = method.replaceFirst("\\..*", "");
        return Stream.of(scenario, method, className)
                .flatMap(name -> Stream.of(profile, ANY).map(narrow -> List.of(name, narrow)))
                .flatMap(two -> Stream.of(provider, ANY).map(narrow -> List.of(two.get(0), two.get(1), narrow)))
                .filter(expected::containsKey)
                .map(expected::get)
                .findFirst()
                .orElseGet(Expectation::held);
    }

    /** The scenarios that the file speaks of, so that somebody can tell which of them do not exist. */
    public List<String> scenarios() {
        return expected.keySet().stream()
                .map(key -> key.get(0))
                .distinct()
                .sorted()
                .toList();
    }

    private static Expectation expectation(Yaml value) {
        var text = value.isMapping() ? pair(value) : value.text();
        var colon = text.indexOf(':');
        var word = (colon < 0 ? text : text.substring(0, colon)).strip();
        var reason = colon < 0 ? "" : text.substring(colon + 1).strip();
        for (var known : Word.values()) {
            if (known.toString().equals(word)) {
                if (reason.isEmpty() != (known == Word.HELD)) {
                    throw value.problem(
                            known == Word.HELD ? "HELD needs no reason" : word + " without a reason",
                            "Write 'HELD', 'BROKEN: reason' or 'NOT APPLICABLE: reason'.");
                }
                return new Expectation(known, reason);
            }
        }
        throw value.problem(
                "'" + word + "' is nothing that a run can be expected to end with",
                "Write " + Stream.of(Word.values()).map(Word::toString).collect(Collectors.joining(", ")) + ".");
    }

    private static String pair(Yaml value) {
        var pairs = value.map();
        if (pairs.size() != 1) {
            throw value.problem("one outcome is expected here, not " + pairs.size(), "Keep one of them.");
        }
        var only = pairs.entrySet().iterator().next();
        return only.getKey() + ": " + only.getValue().text();
    }
}
