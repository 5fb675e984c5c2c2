package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.cluster.TestbedRequest;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.time.Waiting;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.testcontainers.utility.TestcontainersConfiguration;

/** The making of one testbed from nothing; what fails half-way is removed again, also on Ctrl-C. */
final class NewTestbed {
    /** How long a warm testbed may take to show all its nodes Ready. */
    static final Duration WARM = Duration.ofSeconds(10);

    /** How long a healed one may: a node that was off starts its kubelet and its pods first. */
    static final Duration HEAL = Duration.ofSeconds(90);

    /** Usual times on two cores with images cached, for the progress display. */
    private static final Duration USUAL_SERVER = Duration.ofSeconds(15);

    private static final Duration USUAL_NODES = Duration.ofSeconds(10);
    private static final Duration USUAL_ADD_ONS = Duration.ofSeconds(20);

    /** A container is created in a second or two; what takes longer is stuck in the engine. */
    private static final Duration LAST_START = Duration.ofSeconds(10);

    private static final Duration NODES = Duration.ofMinutes(3);
    private static final Duration ADD_ONS = Duration.ofMinutes(3);

    /** Tried in turn: another network of the machine may have some of them. */
    private static final List<String> SUBNETS =
            IntStream.range(0, 16).mapToObj(third -> "172.28." + third).toList();

    /** What every new testbed needs. */
    record Parts(Engine engine, K3sImages images, List<String> addOns, String fingerprint) {}

    private final Parts parts;
    private final TestbedRequest request;
    private final Progress progress;
    private final Runnable remove;

    /** All but the control plane's, which goes on waiting for its API when its container is gone. */
    private final List<CompletableFuture<Void>> starts = new CopyOnWriteArrayList<>();

    NewTestbed(Parts parts, TestbedRequest request, Progress progress, Runnable remove) {
        this.parts = parts;
        this.request = request;
        this.progress = progress;
        this.remove = remove;
    }

    /**
     * Makes it.
     *
     * @param find finds what was made, once the API serves
     */
    Testbed make(Supplier<Testbed> find) {
        refuseIfContainersWouldNotStay();
        refuseForeign();
        refuseTakenPorts();
        var onInterrupt = new Thread(this::removeHalfMade, "remove-half-made-testbed");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        boolean made = false;
        try {
            start();
            try (var testbed = find.get()) {
                finish(testbed);
                markComplete(testbed);
            }
            var testbed = find.get();
            testbed.demandOurs();
            made = true;
            return testbed;
        } finally {
            if (forget(onInterrupt) && !made) {
                removeHalfMade();
            }
        }
    }

    private void markComplete(Testbed testbed) {
        var server = NodeContainers.containerName(
                request.name(), request.topology().controlPlane().name());
        var ids = new TreeMap<String, String>();
        parts.engine().containers(request.name()).stream()
                .filter(container -> container.getLabels().containsKey(Labels.NODE))
                .forEach(container -> ids.put(container.getLabels().get(Labels.NODE), container.getId()));
        parts.engine()
                .write(server, Identity.FILE, new Identity(testbed.cluster().uid(), ids).text());
    }

    private void removeHalfMade() {
        var step = progress.begin("removing the half-made testbed " + request.name(), Duration.ZERO);
        try {
            remove.run();
        } catch (Problem busy) {
            // A container that came meanwhile is in its network; a lasting cause shows below.
        }
        // What was being created just then comes after all: once more when nobody creates any longer.
        Waiting.atMost(LAST_START).untilTrue(() -> starts.stream().allMatch(CompletableFuture::isDone));
        try {
            remove.run();
            step.close();
        } catch (Problem stays) {
            step.failed("`./chaos down` removes what is left");
            throw stays;
        }
    }

    /** False when the process is ending already: then the hook removes. */
    private static boolean forget(Thread hook) {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            return false;
        }
    }

    private static void refuseIfContainersWouldNotStay() {
        if (!TestcontainersConfiguration.getInstance().environmentSupportsReuse()) {
            throw new Problem(
                    "Testcontainers would remove the testbed together with this process",
                    "Set TESTCONTAINERS_REUSE_ENABLE=true in the environment, as ./chaos and mvn do.");
        }
    }

    private void refuseForeign() {
        var names = Stream.concat(
                request.topology().nodes().stream()
                        .map(node -> NodeContainers.containerName(request.name(), node.name())),
                Stream.of(RegistryMirror.containerName(request.name())));
        names.forEach(name -> parts.engine().named(name).ifPresent(foreign -> {
            throw new Problem(
                    "a container named " + name + " exists that this harness did not make (image " + foreign.getImage()
                            + ")",
                    "Remove it yourself if nobody needs it (docker rm -f " + name
                            + "), or choose another name with --name.");
        }));
    }

    private void refuseTakenPorts() {
        var ports = new ArrayList<Integer>(List.of(request.topology().apiPort()));
        request.topology().ports().forEach(port -> ports.add(port.hostPort()));
        for (int port : ports) {
            try (var free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                free.setReuseAddress(true);
            } catch (IOException taken) {
                throw new Problem(
                        "port " + port + " on 127.0.0.1 is taken",
                        "End the program that has it (ss -ltnp 'sport = :" + port
                                + "' names it), or give the topology another port in kind-config/"
                                + request.topology().name() + ".yaml.",
                        taken);
            }
        }
    }

    private void start() {
        var addresses = createNetwork();
        var labels = Request.labels(request, parts.fingerprint());
        var containers = new NodeContainers(request, parts.images().node().reference(), token(), addresses, labels);
        var step = progress.begin("testbed " + request.name() + ": starting the control plane", USUAL_SERVER);
        try {
            // The registry answers within a second; the nodes need it only once pods are scheduled.
            starts.add(inParallel(() -> startRegistry(labels, addresses)));
            var server = inParallel(() -> containers.server().start());
            request.topology()
                    .workers()
                    .forEach(node ->
                            starts.add(inParallel(() -> containers.agent(node).start())));
            joinAll(Stream.concat(Stream.of(server), starts.stream()).toList());
            step.close();
        } catch (RuntimeException failed) {
            step.failed("see below");
            throw withServerLog(failed);
        }
    }

    private void startRegistry(Map<String, String> labels, Addresses addresses) {
        var own = new HashMap<>(labels);
        own.put(Labels.ROLE, "registry");
        var mirror = new RegistryMirror(parts.engine(), request.name());
        mirror.start(own, parts.images().registry(), request.name(), addresses.registry());
        mirror.fill(List.copyOf(parts.images().inCluster().values()), progress);
    }

    private static CompletableFuture<Void> inParallel(Runnable act) {
        return CompletableFuture.runAsync(act, command -> {
            var thread = new Thread(command, "start-container");
            thread.setDaemon(true);
            thread.start();
        });
    }

    /** Ends with the first failure: the control plane may be waiting for minutes yet. */
    private static void joinAll(List<CompletableFuture<Void>> acts) {
        var failure = new CompletableFuture<Void>();
        var watched = acts.stream()
                .map(act -> act.whenComplete((nothing, failed) -> {
                    if (failed != null) {
                        failure.completeExceptionally(failed);
                    }
                }))
                .toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.anyOf(CompletableFuture.allOf(watched), failure).join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }

    private Problem withServerLog(RuntimeException failed) {
        if (failed instanceof Problem problem) {
            return problem;
        }
        var server = NodeContainers.containerName(
                request.name(), request.topology().controlPlane().name());
        var log = parts.engine()
                .named(server)
                .map(container ->
                        "; the control plane's log ends:\n" + parts.engine().logTail(container.getId(), 15))
                .orElse("");
        var root = (Throwable) failed;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        var message =
                root.getMessage() == null ? root.toString() : root.getMessage().strip();
        var remedy = message.contains("no space left")
                ? "Free some disk space (docker system df shows what images take) and run it again."
                : message.contains("port is already allocated") || message.contains("address already in use")
                        ? "End the program that has that port, or change it in kind-config/"
                                + request.topology().name() + ".yaml."
                        : "Run `./chaos doctor`; if it finds nothing, run it again with --debug.";
        return new Problem("the testbed's containers did not start: " + message + log, remedy, failed);
    }

    private Addresses createNetwork() {
        RuntimeException last = null;
        for (String subnet : SUBNETS) {
            var addresses = new Addresses(subnet);
            try {
                parts.engine()
                        .client()
                        .createNetworkCmd()
                        .withName(request.name())
                        .withCheckDuplicate(true)
                        .withLabels(Map.of(Labels.TESTBED, request.name()))
                        .withIpam(new Network.Ipam()
                                .withConfig(new Network.Ipam.Config()
                                        .withSubnet(addresses.cidr())
                                        .withGateway(addresses.gateway())))
                        .exec();
                return addresses;
            } catch (DockerException refused) {
                if (!String.valueOf(refused.getMessage()).contains("overlaps")) {
                    throw new Problem(
                            "Docker refused the network " + request.name() + ": "
                                    + String.valueOf(refused.getMessage()).strip(),
                            "If a network of that name exists that this harness did not make, remove it yourself or choose another name with --name.",
                            refused);
                }
                last = refused;
            }
        }
        throw new Problem(
                "no free network: " + SUBNETS.get(0) + ".0/24 to " + SUBNETS.get(SUBNETS.size() - 1)
                        + ".0/24 all overlap with networks of this machine",
                "Remove Docker networks that nobody uses (docker network ls).",
                last);
    }

    private static String token() {
        var bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private void finish(Testbed testbed) {
        int all = request.topology().nodes().size();
        var step = progress.begin("testbed " + request.name() + ": nodes Ready", USUAL_NODES);
        parts.addOns().forEach(testbed.cluster()::apply);
        var nodes = Waiting.atMost(NODES)
                .until(
                        () -> {
                            var now = testbed.cluster().nodes();
                            step.at(now.stream().filter(NodeStatus::ready).count(), all, "");
                            return now;
                        },
                        now -> now.stream().filter(NodeStatus::ready).count() == all);
        if (nodes.isEmpty()) {
            step.failed("not all Ready within " + NODES.toSeconds() + " s");
            throw notReady(testbed);
        }
        step.close();
        awaitAddOns(testbed);
    }

    private Problem notReady(Testbed testbed) {
        var ready = testbed.cluster().nodes().stream()
                .filter(NodeStatus::ready)
                .map(NodeStatus::name)
                .toList();
        var missing = request.topology().nodes().stream()
                .map(Node::name)
                .filter(node -> !ready.contains(node))
                .toList();
        return new Problem(
                "not Ready within " + NODES.toSeconds() + " s: " + String.join(", ", missing) + "; the log of "
                        + missing.get(0) + " ends:\n"
                        + parts.engine().logTail(NodeContainers.containerName(request.name(), missing.get(0)), 15),
                "If memory or CPU is short, end other programs; then run `./chaos up` again.");
    }

    private void awaitAddOns(Testbed testbed) {
        var step = progress.begin("testbed " + request.name() + ": DNS, metrics, storage", USUAL_ADD_ONS);
        var running = Waiting.atMost(ADD_ONS)
                .until(
                        () -> {
                            var pods = testbed.cluster().pods();
                            step.at(pods.stream().filter(PodStatus::ready).count(), pods.size(), "");
                            return pods;
                        },
                        pods -> !pods.isEmpty()
                                && pods.stream().allMatch(PodStatus::ready)
                                && testbed.cluster().unavailableApis().isEmpty());
        if (running.isEmpty()) {
            var waiting = new ArrayList<>(testbed.cluster().pods().stream()
                    .filter(pod -> !pod.ready())
                    .map(pod ->
                            pod.name() + " (" + pod.phase() + (pod.node().isEmpty() ? "" : " on " + pod.node()) + ")")
                    .toList());
            waiting.addAll(testbed.cluster().unavailableApis());
            step.failed("not Ready within " + ADD_ONS.toSeconds() + " s");
            throw new Problem(
                    "add-ons not Ready within " + ADD_ONS.toSeconds() + " s: " + String.join(", ", waiting),
                    "Images that cannot be pulled are the usual cause; `./chaos images` builds what is missing.");
        }
        step.close();
    }

    static boolean allReady(Testbed testbed, Duration patience) {
        int all = testbed.topology().nodes().size();
        return Waiting.atMost(patience)
                .untilTrue(() -> testbed.cluster().nodes().stream()
                                .filter(NodeStatus::ready)
                                .count()
                        == all);
    }
}
