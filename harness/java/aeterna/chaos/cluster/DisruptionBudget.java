package aeterna.chaos.cluster;

import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.Map;
import java.util.Objects;

/**
 * A PodDisruptionBudget as its controller last counted.
 *
 * @param name its name
 * @param allowed how many pods may be evicted now
 * @param healthy how many are Ready
 * @param wanted how many must stay so
 * @param pods how many it speaks of
 * @param labels all of which a pod must carry to be under it
 * @param observed true when the controller has read its newest specification
 */
public record DisruptionBudget(
        String name, int allowed, int healthy, int wanted, int pods, Map<String, String> labels, boolean observed) {
    public DisruptionBudget {
        labels = Map.copyOf(labels);
    }

    /** As the API server tells it; of a selector only its plain labels are read. */
    public static DisruptionBudget of(PodDisruptionBudget object) {
        var status = object.getStatus();
        var seen = status.getObservedGeneration();
        return new DisruptionBudget(
                object.getMetadata().getName(),
                Objects.requireNonNullElse(status.getDisruptionsAllowed(), 0),
                Objects.requireNonNullElse(status.getCurrentHealthy(), 0),
                Objects.requireNonNullElse(status.getDesiredHealthy(), 0),
                Objects.requireNonNullElse(status.getExpectedPods(), 0),
                Objects.requireNonNullElse(object.getSpec().getSelector().getMatchLabels(), Map.of()),
                seen != null && seen >= object.getMetadata().getGeneration());
    }
}
