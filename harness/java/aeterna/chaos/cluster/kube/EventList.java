package aeterna.chaos.cluster.kube;

import aeterna.chaos.cluster.ClusterEvent;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The events of a namespace. */
final class EventList {
    private EventList() {}

    /** Oldest first. */
    static List<ClusterEvent> read(KubernetesClient client, String namespace) {
        return client.v1().events().inNamespace(namespace).list().getItems().stream()
                .map(event -> new ClusterEvent(
                        instant(event),
                        Objects.requireNonNullElse(event.getType(), ""),
                        Objects.requireNonNullElse(event.getReason(), ""),
                        event.getInvolvedObject().getKind() + "/"
                                + event.getInvolvedObject().getName(),
                        Objects.requireNonNullElse(event.getMessage(), "")
                                .strip()
                                .replaceAll("\\s+", " "),
                        Objects.requireNonNullElse(event.getCount(), 1)))
                .sorted(Comparator.comparing(ClusterEvent::at))
                .toList();
    }

    /** Older and newer reporters fill different fields. */
    private static Instant instant(Event event) {
        return Stream.of(
                        event.getLastTimestamp(),
                        event.getEventTime() == null
                                ? null
                                : event.getEventTime().getTime(),
                        event.getFirstTimestamp(),
                        event.getMetadata().getCreationTimestamp())
                .filter(Objects::nonNull)
                .findFirst()
                .map(Instant::parse)
                .orElse(Instant.EPOCH);
    }
}
