package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.TestbedRequest;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.PortMapping;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.IsRunningStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/** Turns a topology's nodes into containers, by k3s's documented flags, files and folders only. */
final class NodeContainers {
    static final int API_PORT = 6443;

    /** The slowest server start seen on two busy cores was 25 s; the first one on a real image also unpacks it. */
    private static final Duration SERVER_START = Duration.ofMinutes(3);

    private static final String KUBELET_CONFIG = "/etc/rancher/k3s/kubelet.yaml";

    private final TestbedRequest request;
    private final String image;
    private final String token;
    private final Addresses addresses;
    private final Map<String, String> labels;

    NodeContainers(
            TestbedRequest request, String image, String token, Addresses addresses, Map<String, String> labels) {
        this.request = request;
        this.image = image;
        this.token = token;
        this.addresses = addresses;
        this.labels = Map.copyOf(labels);
    }

    static String containerName(String testbed, String node) {
        return testbed + "-" + node;
    }

    /** The control plane; its start returns once the API serves. */
    K3sContainer server() {
        var node = request.topology().controlPlane();
        var server = new K3sContainer(imageName());
        // Only what we publish: Testcontainers' own second port would be opened on every address of the machine.
        server.setExposedPorts(List.of(API_PORT));
        server.withCommand(serverCommand(node))
                .waitingFor(Wait.forLogMessage(".*Node controller sync successful.*", 1)
                        .withStartupTimeout(SERVER_START));
        common(server, node)
                .withCreateContainerCmdModifier(create ->
                        create.withExposedPorts(exposed()).getHostConfig().withPortBindings(published()));
        return server;
    }

    /** A worker; its start returns once its container runs, long before the node is Ready. */
    GenericContainer<?> agent(Node node) {
        var agent = new GenericContainer<>(imageName());
        agent.withPrivilegedMode(true)
                .withFileSystemBind("/sys/fs/cgroup", "/sys/fs/cgroup", BindMode.READ_WRITE)
                .withTmpFs(Map.of("/run", "", "/var/run", ""))
                .withCommand(agentCommand(node))
                .withStartupCheckStrategy(new IsRunningStartupCheckStrategy());
        common(agent, node)
                .withCreateContainerCmdModifier(create -> create.getHostConfig().withCgroupnsMode("host"));
        return agent;
    }

    private DockerImageName imageName() {
        return DockerImageName.parse(image).asCompatibleSubstituteFor("rancher/k3s");
    }

    private GenericContainer<?> common(GenericContainer<?> container, Node node) {
        var own = new HashMap<>(labels);
        own.put(Labels.ROLE, "node");
        own.put(Labels.NODE, node.name());
        return container
                // A reused container outlives the JVM; we find it again by our labels, never by Testcontainers' hash.
                .withReuse(true)
                .withNetworkMode(request.name())
                .withLabels(own)
                .withEnv("K3S_TOKEN", token)
                .withCopyToContainer(Transferable.of(registries()), "/etc/rancher/k3s/registries.yaml")
                .withCopyToContainer(Transferable.of(kubeletConfig()), KUBELET_CONFIG)
                .withCreateContainerCmdModifier(create -> identify(create, node));
    }

    private void identify(CreateContainerCmd create, Node node) {
        create.withName(containerName(request.name(), node.name()))
                .withHostName(node.name())
                .withAliases(node.name())
                .withIpv4Address(addresses.of(node.name()));
    }

    private String[] serverCommand(Node node) {
        return Stream.of(
                        Stream.of(
                                "server",
                                "--node-name=" + node.name(),
                                "--node-ip=" + addresses.of(node.name()),
                                "--tls-san=127.0.0.1",
                                // Pods of different nodes reach each other by plain routes: a cable pulled is a cable
                                // pulled.
                                "--flannel-backend=host-gw",
                                // We bring our own, spread over zones.
                                "--disable=coredns,metrics-server,local-storage,traefik,servicelb"),
                        arguments(
                                "--kube-controller-manager-arg",
                                request.timers().controllerManager()),
                        arguments("--kube-apiserver-arg", request.timers().apiServer()),
                        registration(node))
                .flatMap(part -> part)
                .toArray(String[]::new);
    }

    private String[] agentCommand(Node node) {
        var server = addresses.of(request.topology().controlPlane().name());
        return Stream.concat(
                        Stream.of(
                                "agent",
                                "--node-name=" + node.name(),
                                "--node-ip=" + addresses.of(node.name()),
                                "--server=https://" + server + ":" + API_PORT),
                        registration(node))
                .toArray(String[]::new);
    }

    private static Stream<String> registration(Node node) {
        return Stream.of(
                        node.labels().entrySet().stream()
                                .sorted(Map.Entry.comparingByKey())
                                .map(label -> "--node-label=" + label.getKey() + "=" + label.getValue()),
                        node.taints().stream().map(taint -> "--node-taint=" + taint),
                        Stream.of("--kubelet-arg=config=" + KUBELET_CONFIG))
                .flatMap(part -> part);
    }

    private static Stream<String> arguments(String flag, Map<String, String> settings) {
        return settings.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(setting -> flag + "=" + setting.getKey() + "=" + setting.getValue());
    }

    private String registries() {
        return """
                mirrors:
                  "*":
                    endpoint: ["http://%s:5000"]
                """.formatted(addresses.registry());
    }

    private String kubeletConfig() {
        var text = new StringBuilder("""
                apiVersion: kubelet.config.k8s.io/v1beta1
                kind: KubeletConfiguration
                # How full volumes are is asked for by monitoring; a fault that fills one must be seen while it lasts.
                volumeStatsAggPeriod: 15s
                """);
        request.timers().kubelet().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(setting -> text.append(setting.getKey())
                        .append(": ")
                        .append(setting.getValue())
                        .append('\n'));
        return text.toString();
    }

    private List<PortMapping> ports() {
        var ports = new ArrayList<PortMapping>();
        ports.add(new PortMapping(request.topology().apiPort(), API_PORT));
        ports.addAll(request.topology().ports());
        return ports;
    }

    private List<ExposedPort> exposed() {
        return ports().stream()
                .map(port -> ExposedPort.tcp(port.containerPort()))
                .toList();
    }

    private List<PortBinding> published() {
        return ports().stream()
                .map(port -> new PortBinding(
                        Ports.Binding.bindIpAndPort("127.0.0.1", port.hostPort()),
                        ExposedPort.tcp(port.containerPort())))
                .toList();
    }
}
