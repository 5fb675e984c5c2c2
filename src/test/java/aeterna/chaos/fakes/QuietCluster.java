package aeterna.chaos.fakes;

import aeterna.chaos.cluster.Autoscaler;
import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.ClusterEvent;
import aeterna.chaos.cluster.DisruptionBudget;
import aeterna.chaos.cluster.EndpointsListener;
import aeterna.chaos.cluster.PodListener;
import aeterna.chaos.cluster.Rollout;
import aeterna.chaos.cluster.Subscription;
import aeterna.chaos.model.Topology;
import aeterna.chaos.model.Trace;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A Kubernetes API of which nothing is wanted but what those who extend it say. */
abstract class QuietCluster implements Cluster {
    @Override
    public List<String> unavailableApis() {
        return List.of();
    }

    @Override
    public void apply(String manifest) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void restart(String namespace, String deployment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String exec(String namespace, String pod, String... command) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String httpGet(String namespace, String pod, int port, String path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Autoscaler> autoscalers(String namespace) {
        return List.of();
    }

    @Override
    public Optional<String> object(String apiVersion, String kind, String namespace, String name) {
        return Optional.empty();
    }

    @Override
    public List<DisruptionBudget> budgets(String namespace) {
        return List.of();
    }

    @Override
    public List<Rollout> rollouts(String namespace) {
        return List.of();
    }

    @Override
    public Optional<Map<String, String>> endpointsAnnotations(String namespace, String name) {
        return Optional.empty();
    }

    @Override
    public Subscription listen(String namespace, PodListener listener) {
        return () -> {};
    }

    @Override
    public Subscription listenEndpoints(String namespace, EndpointsListener listener) {
        return () -> {};
    }

    @Override
    public List<ClusterEvent> events(String namespace) {
        return List.of();
    }

    @Override
    public String log(String namespace, String pod, boolean previous, int lines) {
        return "";
    }

    @Override
    public Subscription follow(String namespace, String pod, int lines, Consumer<byte[]> sink) {
        return () -> {};
    }

    @Override
    public Optional<String> serviceAddress(String namespace, String name) {
        return Optional.of("10.43.0.1");
    }

    @Override
    public Optional<Map<String, String>> namespaceAnnotations(String namespace) {
        return Optional.empty();
    }

    @Override
    public String uid() {
        return "uid-of-the-fake";
    }

    @Override
    public List<Trace> traces(Topology topology) {
        return List.of();
    }

    @Override
    public void deleteNamespace(String namespace) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
