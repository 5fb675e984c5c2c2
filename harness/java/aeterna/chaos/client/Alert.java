package aeterna.chaos.client;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * An alert whose condition holds, as Prometheus sees it.
 *
 * @param name of its rule
 * @param labels what tells it from others of the same rule, the rule's own labels included
 * @param firing false while the condition has not held for as long as the rule demands
 * @param since when the condition began to hold, by Prometheus' clock
 */
public record Alert(String name, Map<String, String> labels, boolean firing, Instant since) {
    public Alert {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    @Override
    public String toString() {
        return name + " " + labels + (firing ? " fires" : " is pending") + ", since " + since;
    }
}
