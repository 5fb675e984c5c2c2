package aeterna.chaos.cluster.kube;

import aeterna.chaos.cluster.Autoscaler;
import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.ClusterEvent;
import aeterna.chaos.cluster.DisruptionBudget;
import aeterna.chaos.cluster.EndpointsListener;
import aeterna.chaos.cluster.Eviction;
import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodListener;
import aeterna.chaos.cluster.PodParts;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Rollout;
import aeterna.chaos.cluster.Subscription;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Topology;
import aeterna.chaos.model.Trace;
import aeterna.chaos.time.Waiting;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@link Cluster} over one HTTPS connection pool. Thread-safe. */
public final class KubeCluster implements Cluster {
    /** A testbed's API server on the same machine answers in milliseconds; one that does not in this time is gone or frozen. */
    private static final Duration REQUEST = Duration.ofSeconds(10);

    private static final Duration CONNECT = Duration.ofSeconds(2);

    private static final PatchContext SERVER_SIDE_APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("aeterna-chaos")
            .withForce(true)
            // A field that the API server does not know would otherwise be dropped in silence.
            .withFieldValidation("Strict")
            .build();

    private final KubernetesClient client;

    private KubeCluster(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Connects lazily: nothing is sent before the first call.
     *
     * @param kubeconfig the text of a kubeconfig
     */
    public static KubeCluster connect(String kubeconfig) {
        var config = new ConfigBuilder(Config.fromKubeconfig(kubeconfig))
                .withConnectionTimeout((int) CONNECT.toMillis())
                .withRequestTimeout((int) REQUEST.toMillis())
                // Whoever waits here polls; a retry inside the client would hide how long the API was away.
                .withRequestRetryBackoffLimit(0)
                .build();
        return new KubeCluster(new KubernetesClientBuilder().withConfig(config).build());
    }

    @Override
    public List<NodeStatus> nodes() {
        return client.nodes().list().getItems().stream()
                .map(KubeCluster::status)
                .sorted(Comparator.comparing(NodeStatus::name))
                .toList();
    }

    private static NodeStatus status(Node node) {
        var ready = node.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .findFirst();
        return new NodeStatus(
                node.getMetadata().getName(),
                ready.filter(condition -> condition.getStatus().equals("True")).isPresent(),
                ready.map(condition -> Objects.requireNonNullElse(condition.getReason(), ""))
                        .orElse("NoCondition"),
                node.getStatus().getAddresses().stream()
                        .filter(address -> address.getType().equals("InternalIP"))
                        .map(NodeAddress::getAddress)
                        .findFirst()
                        .orElse(""),
                node.getMetadata().getUid(),
                node.getMetadata().getLabels(),
                Boolean.TRUE.equals(node.getSpec().getUnschedulable()),
                Objects.requireNonNullElse(node.getSpec().getPodCIDR(), ""));
    }

    @Override
    public List<PodStatus> pods() {
        return client.pods().inAnyNamespace().list().getItems().stream()
                .map(KubeCluster::status)
                .toList();
    }

    @Override
    public List<String> unavailableApis() {
        return client.apiServices().list().getItems().stream()
                .filter(api -> api.getStatus().getConditions().stream()
                        .noneMatch(condition -> condition.getType().equals("Available")
                                && condition.getStatus().equals("True")))
                .map(api -> api.getMetadata().getName())
                .toList();
    }

    private static PodStatus status(Pod pod) {
        var status = pod.getStatus();
        return new PodStatus(
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(),
                Objects.requireNonNullElse(pod.getSpec().getNodeName(), ""),
                status.getPhase(),
                status.getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True")),
                pod.getMetadata().getDeletionTimestamp() != null,
                pod.getMetadata().getUid(),
                status.getContainerStatuses().stream()
                        .mapToInt(ContainerStatus::getRestartCount)
                        .sum(),
                Objects.requireNonNullElse(status.getPodIP(), ""),
                Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.of()),
                pod.getMetadata().getOwnerReferences().stream()
                        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                        .map(owner -> owner.getKind() + "/" + owner.getName())
                        .findFirst()
                        .orElse(""),
                trouble(pod));
    }

    /** A waiting container says most, a terminated one less, an unmet condition least. */
    private static String trouble(Pod pod) {
        var states = pod.getStatus().getContainerStatuses().stream()
                .map(ContainerStatus::getState)
                .toList();
        var waiting = states.stream()
                .map(ContainerState::getWaiting)
                .filter(Objects::nonNull)
                .map(state -> said(state.getReason(), state.getMessage()));
        var terminated = states.stream()
                .map(ContainerState::getTerminated)
                .filter(Objects::nonNull)
                .map(state -> said(state.getReason(), "exit code " + state.getExitCode()));
        var unmet = pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getStatus().equals("False"))
                .map(condition -> said(condition.getReason(), condition.getMessage()));
        return Stream.of(waiting, terminated, unmet)
                .flatMap(Function.identity())
                .findFirst()
                .orElse("");
    }

    private static String said(String reason, String message) {
        return Stream.of(reason, message).filter(Objects::nonNull).collect(Collectors.joining(": "));
    }

    @Override
    public List<Rollout> rollouts(String namespace) {
        var deployments = client.apps().deployments().inNamespace(namespace).list().getItems().stream()
                .map(Rollout::of);
        var sets = client.apps().statefulSets().inNamespace(namespace).list().getItems().stream()
                .map(Rollout::of);
        return Stream.concat(deployments, sets)
                .sorted(Comparator.comparing(Rollout::name))
                .toList();
    }

    @Override
    public List<Autoscaler> autoscalers(String namespace) {
        return client.autoscaling().v2().horizontalPodAutoscalers().inNamespace(namespace).list().getItems().stream()
                .map(Autoscaler::of)
                .sorted(Comparator.comparing(Autoscaler::name))
                .toList();
    }

    @Override
    public Optional<String> object(String apiVersion, String kind, String namespace, String name) {
        try {
            return Optional.ofNullable(client.genericKubernetesResources(apiVersion, kind)
                            .inNamespace(namespace)
                            .withName(name)
                            .get())
                    .map(client.getKubernetesSerialization()::asJson);
        } catch (KubernetesClientException noSuchKind) {
            return Optional.empty();
        }
    }

    @Override
    public List<DisruptionBudget> budgets(String namespace) {
        return client.policy().v1().podDisruptionBudget().inNamespace(namespace).list().getItems().stream()
                .map(DisruptionBudget::of)
                .sorted(Comparator.comparing(DisruptionBudget::name))
                .toList();
    }

    @Override
    public Optional<Map<String, String>> endpointsAnnotations(String namespace, String name) {
        return Optional.ofNullable(
                        client.endpoints().inNamespace(namespace).withName(name).get())
                .map(endpoints ->
                        Objects.requireNonNullElse(endpoints.getMetadata().getAnnotations(), Map.of()));
    }

    @Override
    public Optional<String> serviceAddress(String namespace, String name) {
        return Optional.ofNullable(
                        client.services().inNamespace(namespace).withName(name).get())
                .map(service -> service.getSpec().getClusterIP());
    }

    @Override
    public Optional<Map<String, String>> namespaceAnnotations(String name) {
        return Optional.ofNullable(client.namespaces().withName(name).get())
                .map(namespace ->
                        Objects.requireNonNullElse(namespace.getMetadata().getAnnotations(), Map.of()));
    }

    @Override
    public Subscription listen(String namespace, PodListener listener) {
        var informer = client.pods().inNamespace(namespace).runnableInformer(0);
        informer.addEventHandler(new ResourceEventHandler<Pod>() {
            @Override
            public void onAdd(Pod pod) {
                listener.seen(status(pod));
            }

            @Override
            public void onUpdate(Pod before, Pod pod) {
                listener.seen(status(pod));
            }

            @Override
            public void onDelete(Pod pod, boolean missed) {
                listener.gone(status(pod));
                if (missed) {
                    listener.missed("the API server did not tell when "
                            + pod.getMetadata().getName() + " went");
                }
            }
        });
        informer.exceptionHandler((started, failed) -> {
            listener.missed("the watch on pods broke: " + failed.getMessage());
            return true;
        });
        informer.run();
        return informer::close;
    }

    @Override
    public Subscription listenEndpoints(String namespace, EndpointsListener listener) {
        return EndpointsWatch.listen(client, namespace, listener);
    }

    @Override
    public List<ClusterEvent> events(String namespace) {
        return EventList.read(client, namespace);
    }

    @Override
    public String log(String namespace, String pod, boolean previous, int lines) {
        var found = client.pods().inNamespace(namespace).withName(pod).get();
        if (found == null) {
            return "";
        }
        return found.getStatus().getContainerStatuses().stream()
                .filter(container -> !previous || container.getRestartCount() > 0)
                .map(container -> log(namespace, pod, container.getName(), previous, lines))
                .collect(Collectors.joining("\n"));
    }

    private String log(String namespace, String pod, String container, boolean previous, int lines) {
        var source = client.pods().inNamespace(namespace).withName(pod).inContainer(container);
        try {
            return previous
                    ? source.terminated().tailingLines(lines).getLog()
                    : source.tailingLines(lines).getLog();
        } catch (KubernetesClientException refused) {
            return container + " has no log: " + refused.getMessage();
        }
    }

    @Override
    public String uid() {
        return client.namespaces().withName("kube-system").get().getMetadata().getUid();
    }

    @Override
    public List<Trace> traces(Topology topology) {
        return new ClusterTraces(client).of(topology);
    }

    @Override
    public Subscription follow(String namespace, String pod, int lines, Consumer<byte[]> sink) {
        var found = client.pods().inNamespace(namespace).withName(pod).get();
        if (found == null) {
            return () -> {};
        }
        var stream = new OutputStream() {
            @Override
            public void write(int one) {
                sink.accept(new byte[] {(byte) one});
            }

            @Override
            public void write(byte[] piece, int from, int length) {
                sink.accept(Arrays.copyOfRange(piece, from, from + length));
            }
        };
        var followed = found.getStatus().getContainerStatuses().stream()
                .map(container -> client.pods()
                        .inNamespace(namespace)
                        .withName(pod)
                        .inContainer(container.getName())
                        .tailingLines(lines)
                        .watchLog(stream))
                .toList();
        return () -> followed.forEach(LogWatch::close);
    }

    @Override
    public void deletePod(String namespace, String pod, String uid, Optional<Duration> grace) {
        var options =
                new DeleteOptionsBuilder().withNewPreconditions().withUid(uid).endPreconditions();
        grace.ifPresent(time -> options.withGracePeriodSeconds(time.toSeconds()));
        try {
            // As a raw request: the client's own deletion knows no precondition on the uid.
            client.raw(
                    "/api/v1/namespaces/" + namespace + "/pods/" + pod,
                    "DELETE",
                    client.getKubernetesSerialization().asJson(options.build()));
        } catch (KubernetesClientException refused) {
            var goneOrReplaced = refused.getCode() == 404 || refused.getCode() == 409;
            if (!goneOrReplaced) {
                throw new Problem(
                        "the cluster refused to delete pod " + namespace + "/" + pod + ": " + refused.getMessage(),
                        "Look at the API server with `./chaos status`.",
                        refused);
            }
        }
    }

    @Override
    public void cordon(String node, boolean cordoned) {
        try {
            client.nodes()
                    .withName(node)
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"spec\":{\"unschedulable\":" + (cordoned ? "true" : "null") + "}}");
        } catch (KubernetesClientException refused) {
            throw new Problem(
                    "the cluster refused to " + (cordoned ? "cordon " : "uncordon ") + node + ": "
                            + refused.getMessage(),
                    "Look at the API server with `./chaos status`.",
                    refused);
        }
    }

    @Override
    public Eviction evict(String namespace, String pod, String uid) {
        var eviction = Map.of(
                "apiVersion",
                "policy/v1",
                "kind",
                "Eviction",
                "metadata",
                Map.of("name", pod, "namespace", namespace),
                "deleteOptions",
                new DeleteOptionsBuilder()
                        .withNewPreconditions()
                        .withUid(uid)
                        .endPreconditions()
                        .build());
        try {
            // As a raw request: the client's own eviction keeps the reason of a refusal to itself.
            client.raw(
                    "/api/v1/namespaces/" + namespace + "/pods/" + pod + "/eviction",
                    "POST",
                    client.getKubernetesSerialization().asJson(eviction));
            return new Eviction(Eviction.Answer.ACCEPTED, "");
        } catch (KubernetesClientException refused) {
            return new Eviction(
                    switch (refused.getCode()) {
                        case 404, 409 -> Eviction.Answer.GONE;
                        case 429 -> Eviction.Answer.NOT_NOW;
                        default -> Eviction.Answer.NEVER;
                    },
                    said(refused));
        }
    }

    /** The server's words, with the causes in which it names the budget. */
    private static String said(KubernetesClientException refused) {
        var status = refused.getStatus();
        if (status == null) {
            return String.valueOf(refused.getMessage());
        }
        var causes = status.getDetails() == null || status.getDetails().getCauses() == null
                ? Stream.<String>empty()
                : status.getDetails().getCauses().stream().map(cause -> cause.getMessage());
        return Stream.concat(Stream.of(status.getMessage()), causes)
                .filter(Objects::nonNull)
                .distinct()
                .collect(Collectors.joining(" "));
    }

    @Override
    public Optional<PodParts> parts(String namespace, String pod) {
        return Optional.ofNullable(
                        client.pods().inNamespace(namespace).withName(pod).get())
                .map(KubeCluster::parts);
    }

    private static PodParts parts(Pod pod) {
        var claims = pod.getSpec().getVolumes().stream()
                .filter(volume -> volume.getPersistentVolumeClaim() != null)
                .collect(Collectors.toMap(
                        Volume::getName,
                        volume -> volume.getPersistentVolumeClaim().getClaimName()));
        var mounts = pod.getSpec().getContainers().stream()
                .flatMap(container -> container.getVolumeMounts().stream())
                .filter(mount -> claims.containsKey(mount.getName()))
                .collect(Collectors.toMap(
                        VolumeMount::getMountPath, mount -> claims.get(mount.getName()), (one, same) -> one));
        return new PodParts(
                pod.getMetadata().getUid(),
                pod.getStatus().getContainerStatuses().stream()
                        .filter(status -> status.getContainerID() != null)
                        .collect(Collectors.toMap(
                                ContainerStatus::getName,
                                status -> status.getContainerID().replaceFirst("^.*://", ""))),
                mounts,
                Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of())
                        .containsKey("kubernetes.io/config.mirror"));
    }

    @Override
    public Optional<String> claim(String namespace, String claim) {
        return Optional.ofNullable(client.persistentVolumeClaims()
                        .inNamespace(namespace)
                        .withName(claim)
                        .get())
                .map(found -> found.getMetadata().getUid());
    }

    @Override
    public void deleteClaim(String namespace, String claim, String uid) {
        var options =
                new DeleteOptionsBuilder().withNewPreconditions().withUid(uid).endPreconditions();
        try {
            client.raw(
                    "/api/v1/namespaces/" + namespace + "/persistentvolumeclaims/" + claim,
                    "DELETE",
                    client.getKubernetesSerialization().asJson(options.build()));
        } catch (KubernetesClientException refused) {
            if (refused.getCode() != 404 && refused.getCode() != 409) {
                throw new Problem(
                        "the cluster refused to delete the claim " + namespace + "/" + claim + ": "
                                + refused.getMessage(),
                        "Look at the API server with `./chaos status`.",
                        refused);
            }
        }
    }

    @Override
    public void apply(String manifest) {
        for (HasMetadata object : objects(manifest)) {
            try {
                client.resource(object).patch(SERVER_SIDE_APPLY);
            } catch (KubernetesClientException refused) {
                throw new Problem(
                        "the cluster refused " + object.getKind() + " "
                                + object.getMetadata().getName() + ": " + refused.getMessage(),
                        "Mend the manifest, or look at the API server with `./chaos status`.",
                        refused);
            }
        }
    }

    @Override
    public void restart(String namespace, String deployment) {
        try {
            client.apps()
                    .deployments()
                    .inNamespace(namespace)
                    .withName(deployment)
                    .rolling()
                    .restart();
        } catch (KubernetesClientException refused) {
            throw new Problem(
                    "the cluster refused to restart " + namespace + "/" + deployment + ": " + refused.getMessage(),
                    "Look at the API server with `./chaos status`.",
                    refused);
        }
    }

    private List<HasMetadata> objects(String manifest) {
        try {
            return client.load(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8)))
                    .items();
        } catch (KubernetesClientException | IllegalArgumentException malformed) {
            throw new Problem(
                    "a manifest is none of Kubernetes': " + firstLine(rootOf(malformed)),
                    "Mend the manifest, or the value of the profile that fills it.",
                    malformed);
        }
    }

    private static Throwable rootOf(Throwable thrown) {
        var root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static String firstLine(Throwable thrown) {
        return String.valueOf(thrown.getMessage()).lines().findFirst().orElse("");
    }

    @Override
    public String exec(String namespace, String pod, String... command) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        try (var run = client.pods()
                .inNamespace(namespace)
                .withName(pod)
                .writingOutput(out)
                .writingError(err)
                .exec(command)) {
            int code = run.exitCode().get(REQUEST.toMillis(), TimeUnit.MILLISECONDS);
            if (code == 0) {
                return out.toString(StandardCharsets.UTF_8);
            }
            throw new Problem(
                    String.join(" ", command) + " in pod " + pod + " ended with " + code + ": "
                            + err.toString(StandardCharsets.UTF_8).strip(),
                    "Look at the pod's log.");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new Problem("interrupted while running a command in pod " + pod, "Run it again.", stopped);
        } catch (ExecutionException | TimeoutException failed) {
            throw new Problem(
                    String.join(" ", command) + " in pod " + pod + " did not finish: " + failed,
                    "See whether its node runs with `./chaos status`.",
                    failed);
        }
    }

    @Override
    public String httpGet(String namespace, String pod, int port, String path) {
        try {
            return client.raw("/api/v1/namespaces/" + namespace + "/pods/" + pod + ":" + port + "/proxy" + path);
        } catch (KubernetesClientException refused) {
            throw new Problem(
                    "pod " + pod + " did not answer " + path + " on port " + port + ": " + firstLine(rootOf(refused)),
                    "Look at the pod with `./chaos status`.",
                    refused);
        }
    }

    @Override
    public void deleteNamespace(String namespace) {
        client.namespaces().withName(namespace).delete();
        var gone = Waiting.atMost(Duration.ofMinutes(2))
                .untilTrue(() -> client.namespaces().withName(namespace).get() == null);
        if (!gone) {
            throw new Problem(
                    "namespace " + namespace + " was not gone after 2 minutes",
                    "Look at what is left in it with `./chaos kubectl -n " + namespace + " get all`.");
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
