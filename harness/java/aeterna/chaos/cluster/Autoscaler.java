package aeterna.chaos.cluster;

import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import java.util.Objects;

/**
 * What a HorizontalPodAutoscaler does at present.
 *
 * @param name its name
 * @param current how many pods it last found
 * @param desired how many it last wanted
 * @param scaling true while it has metrics to scale by
 * @param reason why it has none, or in which way they are sound, such as {@code FailedGetResourceMetric}; empty before its first look
 */
public record Autoscaler(String name, int current, int desired, boolean scaling, String reason) {
    /** As the API server tells it. */
    public static Autoscaler of(HorizontalPodAutoscaler object) {
        var name = object.getMetadata().getName();
        var status = object.getStatus();
        if (status == null) {
            return new Autoscaler(name, 0, 0, false, "");
        }
        var active = status.getConditions().stream()
                .filter(condition -> condition.getType().equals("ScalingActive"))
                .findFirst();
        return new Autoscaler(
                name,
                Objects.requireNonNullElse(status.getCurrentReplicas(), 0),
                Objects.requireNonNullElse(status.getDesiredReplicas(), 0),
                active.filter(condition -> condition.getStatus().equals("True")).isPresent(),
                active.map(condition -> Objects.requireNonNullElse(condition.getReason(), ""))
                        .orElse(""));
    }
}
