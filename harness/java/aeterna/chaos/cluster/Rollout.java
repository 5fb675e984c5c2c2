package aeterna.chaos.cluster;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Objects;

/**
 * How far a Deployment or StatefulSet is with what was asked of it.
 *
 * @param kind {@code Deployment} or {@code StatefulSet}
 * @param name its name
 * @param wanted how many pods it shall have
 * @param existing how many it has, surplus ones of an update included
 * @param updated how many of them are of its newest template
 * @param ready how many of them are Ready
 * @param observed true when its controller has read its newest specification: before that, the other numbers are of yesterday
 */
public record Rollout(String kind, String name, int wanted, int existing, int updated, int ready, boolean observed) {
    /** As the API server tells it. */
    public static Rollout of(Deployment object) {
        var status = object.getStatus();
        return new Rollout(
                "Deployment",
                object.getMetadata().getName(),
                number(object.getSpec().getReplicas(), 1),
                number(status.getReplicas(), 0),
                number(status.getUpdatedReplicas(), 0),
                number(status.getReadyReplicas(), 0),
                observed(status.getObservedGeneration(), object.getMetadata().getGeneration()));
    }

    /** As the API server tells it; once an update is through, only the revisions say so: the count of updated pods is zero then. */
    public static Rollout of(StatefulSet object) {
        var status = object.getStatus();
        return new Rollout(
                "StatefulSet",
                object.getMetadata().getName(),
                number(object.getSpec().getReplicas(), 1),
                number(status.getReplicas(), 0),
                Objects.equals(status.getCurrentRevision(), status.getUpdateRevision())
                        ? number(status.getReplicas(), 0)
                        : number(status.getUpdatedReplicas(), 0),
                number(status.getReadyReplicas(), 0),
                observed(status.getObservedGeneration(), object.getMetadata().getGeneration()));
    }

    private static int number(Integer value, int otherwise) {
        return Objects.requireNonNullElse(value, otherwise);
    }

    private static boolean observed(Long seen, Long newest) {
        return seen != null && seen >= newest;
    }

    /** True when every pod is there, new, Ready and alone. */
    public boolean complete() {
        return observed && existing == wanted && updated == wanted && ready == wanted;
    }

    @Override
    public String toString() {
        return name + ": " + ready + " of " + wanted + " ready"
                + (updated == wanted ? "" : ", " + updated + " updated")
                + (existing == wanted ? "" : ", " + existing + " exist")
                + (observed ? "" : ", its newest specification not yet read");
    }
}
