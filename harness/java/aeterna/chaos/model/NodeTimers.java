package aeterna.chaos.model;

import java.util.Map;

/**
 * How fast Kubernetes notices that a node is gone: settings of its components, by their own names.
 *
 * @param name the settings' name, such as {@code stock} or {@code tuned}
 * @param controllerManager flags of kube-controller-manager without dashes
 * @param apiServer flags of kube-apiserver without dashes
 * @param kubelet fields of KubeletConfiguration
 */
public record NodeTimers(
        String name,
        Map<String, String> controllerManager,
        Map<String, String> apiServer,
        Map<String, String> kubelet) {
    public NodeTimers {
        controllerManager = Map.copyOf(controllerManager);
        apiServer = Map.copyOf(apiServer);
        kubelet = Map.copyOf(kubelet);
    }
}
