package aeterna.chaos.cluster.kube;

import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.model.Problem;
import aeterna.chaos.time.Waiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@link Cluster} over one HTTPS connection pool. Thread-safe. */
public final class KubeCluster implements Cluster {
    /** A testbed's API server on the same machine answers in milliseconds; one that does not in this time is gone or frozen. */
    private static final Duration REQUEST = Duration.ofSeconds(10);

    private static final Duration CONNECT = Duration.ofSeconds(2);

    private static final PatchContext SERVER_SIDE_APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("aeterna-chaos")
            .withForce(true)
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
                node.getMetadata().getLabels());
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
                Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.of()));
    }

    @Override
    public void apply(String manifest) {
        List<HasMetadata> objects = client.load(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8)))
                .items();
        for (HasMetadata object : objects) {
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
