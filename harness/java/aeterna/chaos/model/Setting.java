package aeterna.chaos.model;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a scenario runs in.
 *
 * @param run the run's name, such as {@code 2026-11-24T16-20-00}; one run holds many scenarios
 * @param scenario {@code Class.method}
 * @param trial which of the scenario's trials; the only one for histories that do not say
 * @param seed where every choice of the run comes from
 * @param provider who made the testbed
 * @param topology the testbed's shape: a file of {@code kind-config/}; empty for histories that do not say
 * @param profile how the stack is configured
 * @param flavours where each component's image comes from: component to {@code real} or {@code offline}
 * @param expected what the run is expected to end with
 * @param sources what of the HA page it tests, one line each; empty for what the page says nothing of
 */
public record Setting(
        String run,
        String scenario,
        Trial trial,
        long seed,
        String provider,
        String topology,
        String profile,
        SortedMap<String, String> flavours,
        Expectation expected,
        List<String> sources) {
    public Setting {
        trial = trial == null ? Trial.ONLY : trial;
        topology = topology == null ? "" : topology;
        sources = sources == null ? List.of() : List.copyOf(sources);
        flavours = Collections.unmodifiableSortedMap(new TreeMap<>(flavours));
    }

    /** The same for another trial. */
    public Setting with(Trial other, long otherSeed) {
        return new Setting(run, scenario, other, otherSeed, provider, topology, profile, flavours, expected, sources);
    }
}
