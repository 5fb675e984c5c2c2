package aeterna.chaos.model;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a scenario runs in.
 *
 * @param run the run's name, such as {@code 2026-11-24T16-20-00}; one run holds many scenarios
 * @param scenario {@code Class.method}
 * @param seed where every choice of the run comes from
 * @param provider who made the testbed
 * @param profile how the stack is configured
 * @param flavours where each component's image comes from: component to {@code real} or {@code offline}
 * @param expected what the run is expected to end with
 */
public record Setting(
        String run,
        String scenario,
        long seed,
        String provider,
        String profile,
        SortedMap<String, String> flavours,
        Expectation expected) {
    public Setting {
        flavours = Collections.unmodifiableSortedMap(new TreeMap<>(flavours));
    }
}
