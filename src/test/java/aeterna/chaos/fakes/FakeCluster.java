package aeterna.chaos.fakes;

import aeterna.chaos.cluster.Autoscaler;
import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.ClusterEvent;
import aeterna.chaos.cluster.DisruptionBudget;
import aeterna.chaos.cluster.EndpointsListener;
import aeterna.chaos.cluster.Eviction;
import aeterna.chaos.cluster.Machines;
import aeterna.chaos.cluster.NodeProcesses;
import aeterna.chaos.cluster.NodeProcesses.Tally;
import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.NodeTraces;
import aeterna.chaos.cluster.PodListener;
import aeterna.chaos.cluster.PodParts;
import aeterna.chaos.cluster.PodProcesses;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Rollout;
import aeterna.chaos.cluster.Subscription;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Place;
import aeterna.chaos.model.PortMapping;
import aeterna.chaos.model.Topology;
import aeterna.chaos.model.Trace;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** A Kubernetes API that exists in memory alone, and the processes of its pods; remembers the acts. */
public final class FakeCluster implements Cluster, PodProcesses {
    public final Map<String, PodStatus> pods = new LinkedHashMap<>();
    public final Map<String, NodeStatus> nodes = new TreeMap<>();
    public final Map<String, Map<String, String>> annotations = new HashMap<>();
    public final List<Rollout> rollouts = new ArrayList<>();
    public final List<ClusterEvent> events = new ArrayList<>();
    public final Map<String, String> logs = new HashMap<>();
    public final Map<String, Integer> processes = new HashMap<>();

    public final List<Trace> traces = new ArrayList<>();
    public final List<Trace> nodeTraces = new ArrayList<>();

    /** Who hears what a pod prints, by its name. */
    public final Map<String, Consumer<byte[]>> followers = new HashMap<>();

    /** In order, such as {@code delete aeterna/api-1 PT0S}. */
    public final List<String> acts = new ArrayList<>();

    public final List<Autoscaler> autoscalers = new ArrayList<>();
    public final List<DisruptionBudget> budgets = new ArrayList<>();
    /** As JSON, by kind and name. */
    public final Map<String, String> objects = new HashMap<>();

    public EndpointsListener endpoints;
    public PodListener listener;
    public Function<String, String> exec = command -> "";

    /** What {@code pod:port/path} answers. */
    public Function<String, String> http = address -> "";

    /** A Ready pod with two processes; its uid is its name and a number. */
    public PodStatus pod(String name, String node, Map<String, String> labels) {
        var pod = new PodStatus(
                "aeterna", name, node, "Running", true, false, name + "-1", 0, "10.0.0.1", labels, "ReplicaSet/x", "");
        pods.put(name, pod);
        processes.put(pod.uid(), 2);
        return pod;
    }

    /** That pod, changed. */
    public void change(String name, boolean ready, boolean terminating, String uid, int restarts) {
        pods.computeIfPresent(
                name,
                (key, pod) -> new PodStatus(
                        pod.namespace(),
                        pod.name(),
                        pod.node(),
                        pod.phase(),
                        ready,
                        terminating,
                        uid,
                        restarts,
                        pod.address(),
                        pod.labels(),
                        pod.owner(),
                        ready ? "" : "CrashLoopBackOff"));
    }

    /** That pod, replaced by that owner when it is gone. */
    public void owned(String name, String owner) {
        pods.computeIfPresent(
                name,
                (key, pod) -> new PodStatus(
                        pod.namespace(),
                        pod.name(),
                        pod.node(),
                        pod.phase(),
                        pod.ready(),
                        pod.terminating(),
                        pod.uid(),
                        pod.restarts(),
                        pod.address(),
                        pod.labels(),
                        owner,
                        pod.trouble()));
    }

    /** A node that is Ready or not. */
    public void node(String name, boolean ready) {
        nodes.put(
                name,
                new NodeStatus(name, ready, ready ? "KubeletReady" : "Unknown", "", name + "-1", Map.of(), false, ""));
    }

    /** A testbed of this cluster and those machines, which publishes the stack's ports. */
    public Testbed on(Machines machines) {
        var topology = new Topology(
                "fake",
                6443,
                List.of(
                        new Node("node-0", Node.Role.CONTROL_PLANE, Map.of(), List.of()),
                        new Node("node-1", Node.Role.WORKER, Map.of(), List.of())),
                // Ports on which nobody listens: refused at once.
                Stream.of(
                                30080, 30379, 30432, 30433, 30434, 30633, 30634, 30635, 30636, 30702, 30703, 30704,
                                30900, 30909, 30910)
                        .map(published -> new PortMapping(1, published))
                        .toList());
        return new Testbed() {
            @Override
            public String name() {
                return "fake";
            }

            @Override
            public String provider() {
                return "fake";
            }

            @Override
            public Topology topology() {
                return topology;
            }

            @Override
            public Cluster cluster() {
                return FakeCluster.this;
            }

            @Override
            public Machines machines() {
                return machines;
            }

            @Override
            public PodProcesses podProcesses() {
                return FakeCluster.this;
            }

            @Override
            public void demandOurs() {}

            @Override
            public NodeTraces nodeTraces() {
                return () -> List.copyOf(nodeTraces);
            }

            @Override
            public Set<Capability> capabilities() {
                return EnumSet.allOf(Capability.class);
            }

            @Override
            public Path kubeconfig() {
                return Path.of("none");
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public List<NodeStatus> nodes() {
        return List.copyOf(nodes.values());
    }

    @Override
    public List<PodStatus> pods() {
        return List.copyOf(pods.values());
    }

    @Override
    public List<String> unavailableApis() {
        return List.of();
    }

    @Override
    public void apply(String manifest) {
        acts.add("apply " + manifest.lines().findFirst().orElse(""));
    }

    @Override
    public void restart(String namespace, String deployment) {
        acts.add("restart " + namespace + "/" + deployment);
    }

    @Override
    public String exec(String namespace, String pod, String... command) {
        acts.add("exec " + pod + " " + String.join(" ", command));
        return exec.apply(String.join(" ", command));
    }

    @Override
    public String httpGet(String namespace, String pod, int port, String path) {
        return http.apply(pod + ":" + port + path);
    }

    @Override
    public List<Rollout> rollouts(String namespace) {
        return List.copyOf(rollouts);
    }

    @Override
    public Optional<String> object(String apiVersion, String kind, String namespace, String name) {
        return Optional.ofNullable(objects.get(kind + "/" + name));
    }

    @Override
    public List<DisruptionBudget> budgets(String namespace) {
        return List.copyOf(budgets);
    }

    @Override
    public List<Autoscaler> autoscalers(String namespace) {
        return List.copyOf(autoscalers);
    }

    @Override
    public Optional<Map<String, String>> endpointsAnnotations(String namespace, String name) {
        return Optional.ofNullable(annotations.get(name));
    }

    @Override
    public Optional<String> serviceAddress(String namespace, String name) {
        return Optional.of("10.43.0.9");
    }

    @Override
    public Optional<Map<String, String>> namespaceAnnotations(String name) {
        return Optional.ofNullable(annotations.get("namespace " + name));
    }

    @Override
    public Subscription listen(String namespace, PodListener next) {
        listener = next;
        pods.values().forEach(next::seen);
        return () -> listener = null;
    }

    @Override
    public Subscription listenEndpoints(String namespace, EndpointsListener next) {
        endpoints = next;
        return () -> endpoints = null;
    }

    @Override
    public List<ClusterEvent> events(String namespace) {
        return List.copyOf(events);
    }

    @Override
    public String log(String namespace, String pod, boolean previous, int lines) {
        return logs.getOrDefault(pod + (previous ? " previous" : ""), "");
    }

    @Override
    public Subscription follow(String namespace, String pod, int lines, Consumer<byte[]> sink) {
        sink.accept(log(namespace, pod, false, lines).getBytes(StandardCharsets.UTF_8));
        followers.put(pod, sink);
        return () -> followers.remove(pod);
    }

    @Override
    public String uid() {
        return "cluster-1";
    }

    @Override
    public List<Trace> traces(Topology topology) {
        return List.copyOf(traces);
    }

    @Override
    public void deletePod(String namespace, String pod, String uid, Optional<Duration> grace) {
        acts.add("delete " + namespace + "/" + pod + " "
                + grace.map(Duration::toString).orElse("own grace"));
    }

    @Override
    public void deleteNamespace(String namespace) {
        acts.add("delete namespace " + namespace);
    }

    @Override
    public Map<String, NodeProcesses> look() {
        var byNode = new HashMap<String, NodeProcesses>();
        pods.values().forEach(pod -> byNode.put(pod.node(), NodeProcesses.NONE));
        byNode.replaceAll((node, none) -> {
            var tallies = new HashMap<String, Tally>();
            processes.forEach((uid, number) -> tallies.put(uid, new Tally(number, 0)));
            return new NodeProcesses(new Tally(tallies.size(), 0), tallies, Map.of());
        });
        return byNode;
    }

    @Override
    public void killContainer(Place pod, String container) {
        acts.add("kill " + container + " of " + pod);
    }

    @Override
    public void freeze(Place pod) {
        acts.add("freeze " + pod);
    }

    @Override
    public void thaw(Place pod) {
        acts.add("thaw " + pod);
    }

    @Override
    public void cordon(String node, boolean cordoned) {
        acts.add((cordoned ? "cordon " : "uncordon ") + node);
    }

    @Override
    public Eviction evict(String namespace, String pod, String uid) {
        acts.add("evict " + namespace + "/" + pod);
        return new Eviction(Eviction.Answer.ACCEPTED, "");
    }

    @Override
    public Optional<PodParts> parts(String namespace, String pod) {
        return Optional.ofNullable(pods.get(pod)).map(found -> new PodParts(found.uid(), Map.of(), Map.of(), false));
    }

    @Override
    public Optional<String> claim(String namespace, String claim) {
        return Optional.empty();
    }

    @Override
    public void deleteClaim(String namespace, String claim, String uid) {
        acts.add("delete claim " + claim);
    }

    @Override
    public void kill(String node, String podUid) {
        acts.add("kill " + podUid + " on " + node);
        processes.remove(podUid);
    }

    @Override
    public void close() {}
}
