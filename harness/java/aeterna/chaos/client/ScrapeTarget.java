package aeterna.chaos.client;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * One of those that Prometheus asks for metrics.
 *
 * @param job what it is one of
 * @param labels what its metrics are labelled with, such as {@code pod} or {@code node}
 * @param up whether it answered the last time
 * @param error why not; empty when it did, or was not asked yet
 */
public record ScrapeTarget(String job, Map<String, String> labels, boolean up, String error) {
    public ScrapeTarget {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /** The label of that name, empty when there is none. */
    public String label(String name) {
        return labels.getOrDefault(name, "");
    }
}
