package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.Healing;
import aeterna.chaos.cluster.Provider;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.cluster.TestbedRequest;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import com.github.dockerjava.api.model.Container;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Testbeds of k3s nodes in the local Docker engine.
 *
 * <p>Everything it makes carries labels and is found again by them alone, so that a testbed outlives the process that made
 * it and a kill -9 leaves nothing that {@link #down} would miss.
 */
public final class K3sProvider implements Provider {
    static final String NAME = "k3s";

    private final Engine engine;
    private final Function<String, Cluster> connect;
    private final Blueprint blueprint;
    private final Path state;

    /**
     * @param blueprint what new testbeds are made of
     * @param connect makes a connection from a kubeconfig's text
     * @param state a folder of this user on this machine, for locks and kubeconfigs
     */
    public K3sProvider(Blueprint blueprint, Function<String, Cluster> connect, Path state) {
        this.engine = Engine.local();
        this.blueprint = blueprint;
        this.connect = connect;
        this.state = state;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Reservation reserve(String testbed, Purpose purpose) {
        return TestbedLock.take(state, testbed, purpose);
    }

    @Override
    public Optional<Testbed> find(String testbed) {
        return server(engine.containers(testbed)).map(server -> open(testbed, server));
    }

    private static Optional<Container> server(List<Container> containers) {
        return containers.stream()
                .filter(container -> "node-0".equals(container.getLabels().get(Labels.NODE)))
                .findFirst();
    }

    private Testbed open(String testbed, Container server) {
        var topology = Request.topology(server.getLabels().get(Labels.TOPOLOGY));
        var kubeconfig = engine.file(server.getId(), "/etc/rancher/k3s/k3s.yaml")
                .replaceFirst(
                        "server: https://127\\.0\\.0\\.1:" + NodeContainers.API_PORT,
                        "server: https://127.0.0.1:" + topology.apiPort());
        var identity = Identity.read(engine, server.getId());
        var nodes = new OwnNodes(engine, testbed, topology, identity);
        var netops = new Netops(engine, testbed, nodes, blueprint.netops());
        return new K3sTestbed(
                testbed,
                engine,
                identity,
                topology,
                connect.apply(kubeconfig),
                new DockerMachines(engine, testbed, topology, nodes, netops),
                new NodePodProcesses(netops),
                new NodeTraffic(netops),
                new NodeProber(netops),
                new NodeStrain(netops),
                new PodVolumes(netops),
                new ContainerTraces(engine, testbed, nodes, netops),
                netops,
                new RegistryMirror(engine, testbed),
                write(testbed, kubeconfig));
    }

    /** Readable by its owner alone: it holds the cluster's admin key. */
    private Path write(String testbed, String kubeconfig) {
        var file = state.resolve(testbed + ".kubeconfig");
        try {
            Files.createDirectories(state);
            var half = Files.createTempFile(state, testbed, ".kubeconfig");
            Files.writeString(half, kubeconfig);
            return Files.move(half, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException unwritable) {
            throw new Problem(
                    "the kubeconfig " + file + " cannot be written: " + unwritable.getMessage(),
                    "Make that folder writable and not full.",
                    unwritable);
        }
    }

    @Override
    public Testbed up(TestbedRequest request, Progress progress) {
        blueprint.helpers().run();
        var there = engine.containers(request.name());
        if (!there.isEmpty()) {
            var otherwise = whyNotReusable(request, there);
            if (otherwise.isEmpty()) {
                var warm = reuse(request, server(there).orElseThrow(), progress);
                if (warm.isPresent()) {
                    return warm.get();
                }
                otherwise = Optional.of("it did not become whole again");
            }
            var step = progress.begin(
                    "removing the old testbed " + request.name() + ": " + otherwise.get(), Duration.ZERO);
            down(request.name());
            step.close();
        } else if (!engine.networks(request.name()).isEmpty()) {
            down(request.name());
        }
        return make(request, progress);
    }

    private Optional<String> whyNotReusable(TestbedRequest request, List<Container> there) {
        var nodes = new TreeSet<String>();
        there.stream()
                .map(container -> container.getLabels().get(Labels.NODE))
                .filter(node -> node != null)
                .forEach(nodes::add);
        for (Node node : request.topology().nodes()) {
            if (!nodes.contains(node.name())) {
                return Optional.of("it was half made, " + node.name() + " is missing");
            }
        }
        var digest = Request.digest(request, blueprint.fingerprint());
        boolean same = there.stream()
                .filter(container -> container.getLabels().containsKey(Labels.NODE))
                .allMatch(container -> digest.equals(container.getLabels().get(Labels.REQUEST))
                        && blueprint.nodeImages().contains(container.getImage()));
        if (!same) {
            return Optional.of("it was made to another topology, other node timers or of other images");
        }
        boolean serving = server(there)
                        .filter(server -> server.getState().equals("running"))
                        .isPresent()
                && there.stream()
                        .anyMatch(container -> container.getState().equals("running")
                                && "registry".equals(container.getLabels().get(Labels.ROLE)));
        if (!serving) {
            return Optional.of("its control plane or its registry does not run");
        }
        boolean complete = server(there)
                .filter(server -> engine.hasFile(server.getId(), Identity.FILE))
                .isPresent();
        return complete ? Optional.empty() : Optional.of("it was half made, whoever made it did not come to the end");
    }

    /** The warm testbed, healed; empty when it is beyond that. */
    private Optional<Testbed> reuse(TestbedRequest request, Container server, Progress progress) {
        Testbed testbed;
        try {
            testbed = open(request.name(), server);
        } catch (Problem halfStarted) {
            // Killed before the API served: there is no kubeconfig in it yet.
            return Optional.empty();
        }
        testbed.demandOurs();
        var broken = testbed.machines().all().stream()
                .filter(machine -> !machine.whole())
                .toList();
        if (!broken.isEmpty()) {
            var step = progress.begin("healing what an earlier run left broken: " + names(broken), NewTestbed.HEAL);
            Healing.of(testbed.machines()).heal();
            step.close();
        }
        if (NewTestbed.allReady(testbed, broken.isEmpty() ? NewTestbed.WARM : NewTestbed.HEAL)) {
            return Optional.of(testbed);
        }
        testbed.close();
        return Optional.empty();
    }

    private static String names(List<Machine> machines) {
        return String.join(", ", machines.stream().map(Machine::node).toList());
    }

    private Testbed make(TestbedRequest request, Progress progress) {
        var materials = blueprint.materials().get();
        var parts = new NewTestbed.Parts(engine, materials.images(), materials.addOns(), blueprint.fingerprint());
        var making = new NewTestbed(parts, request, progress, () -> down(request.name()));
        return making.make(() -> find(request.name())
                .orElseThrow(() -> new Problem(
                        "the testbed " + request.name() + " vanished while it was made",
                        "See whether something else removes containers, then run it again.")));
    }

    @Override
    public Removed down(String testbed) {
        int containers = 0;
        Netops.thaw(engine, engine.containers(testbed));
        // Again until none is left: the engine may still be creating one that a killed process asked for.
        for (List<Container> left = engine.containers(testbed); !left.isEmpty(); left = engine.containers(testbed)) {
            left.parallelStream().forEach(container -> engine.remove(container.getId()));
            containers += left.size();
        }
        var networks = engine.networks(testbed);
        networks.forEach(network -> Engine.ask(
                "remove the network " + network.getName(),
                () -> engine.client().removeNetworkCmd(network.getId()).exec()));
        try {
            Files.deleteIfExists(state.resolve(testbed + ".kubeconfig"));
        } catch (IOException stays) {
            throw new Problem(
                    "the kubeconfig of " + testbed + " could not be removed: " + stays.getMessage(),
                    "Remove it from " + state + ".",
                    stays);
        }
        return new Removed(containers, networks.size());
    }
}
