package aeterna.chaos.cluster.kube;

import aeterna.chaos.cluster.EndpointsListener;
import aeterna.chaos.cluster.EndpointsStatus;
import aeterna.chaos.cluster.EndpointsStatus.Lock;
import aeterna.chaos.cluster.Subscription;
import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Listens to the Endpoints objects of a namespace. */
final class EndpointsWatch {
    private EndpointsWatch() {}

    static Subscription listen(KubernetesClient client, String namespace, EndpointsListener listener) {
        var informer = client.endpoints().inNamespace(namespace).runnableInformer(0);
        informer.addEventHandler(new ResourceEventHandler<Endpoints>() {
            @Override
            public void onAdd(Endpoints endpoints) {
                listener.seen(status(endpoints));
            }

            @Override
            public void onUpdate(Endpoints before, Endpoints endpoints) {
                listener.seen(status(endpoints));
            }

            @Override
            public void onDelete(Endpoints endpoints, boolean missed) {
                listener.seen(new EndpointsStatus(endpoints.getMetadata().getName(), List.of(), Optional.empty()));
            }
        });
        informer.exceptionHandler((started, failed) -> {
            listener.missed("the watch on endpoints broke: " + failed.getMessage());
            return true;
        });
        informer.run();
        return informer::close;
    }

    private static EndpointsStatus status(Endpoints endpoints) {
        var ready = Optional.ofNullable(endpoints.getSubsets()).orElse(List.of()).stream()
                .flatMap(subset -> Optional.ofNullable(subset.getAddresses()).orElse(List.of()).stream())
                .map(EndpointsWatch::target)
                .distinct()
                .sorted()
                .toList();
        var annotations =
                Optional.ofNullable(endpoints.getMetadata().getAnnotations()).orElse(Map.of());
        return new EndpointsStatus(endpoints.getMetadata().getName(), ready, lock(annotations));
    }

    private static String target(EndpointAddress address) {
        var pod = address.getTargetRef();
        return pod == null || pod.getName() == null ? Objects.requireNonNullElse(address.getIp(), "?") : pod.getName();
    }

    /** As Patroni keeps it: who leads, when that was renewed, for how many seconds it holds. */
    private static Optional<Lock> lock(Map<String, String> annotations) {
        if (!annotations.containsKey("leader") && !annotations.containsKey("ttl")) {
            return Optional.empty();
        }
        var ttl = annotations.getOrDefault("ttl", "");
        return Optional.of(new Lock(
                annotations.getOrDefault("leader", ""),
                annotations.getOrDefault("renewTime", ""),
                ttl.matches("[0-9]{1,6}") ? Duration.ofSeconds(Long.parseLong(ttl)) : Duration.ZERO));
    }
}
