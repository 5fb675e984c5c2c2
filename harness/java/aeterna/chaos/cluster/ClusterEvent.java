package aeterna.chaos.cluster;

import java.time.Instant;

/**
 * A Kubernetes event.
 *
 * @param at when it happened last, on the cluster's wall clock
 * @param type {@code Normal} or {@code Warning}
 * @param reason in one word, such as {@code Killing}
 * @param subject whom it is about, as {@code kind/name}
 * @param message one line
 * @param count how often it happened
 */
public record ClusterEvent(Instant at, String type, String reason, String subject, String message, int count) {
    @Override
    public String toString() {
        return at + " " + type + " " + reason + " " + subject + ": " + message
                + (count > 1 ? " (" + count + " times)" : "");
    }
}
