package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.Machines;
import aeterna.chaos.cluster.Usage;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Machine.Network;
import aeterna.chaos.model.Machine.Power;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Topology;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Container;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Power over nodes that are containers: freezing is the kernel's freezer, power-off is SIGKILL of the node's init, and the
 * network is taken away at the host's end of the node's cable, by a helper container of ours; nothing inside the node's
 * image is relied upon. Thread-safe.
 */
final class DockerMachines implements Machines {
    private final Engine engine;
    private final String testbed;
    private final Topology topology;
    private final OwnNodes own;
    private final Netops netops;

    DockerMachines(Engine engine, String testbed, Topology topology, OwnNodes own, Netops netops) {
        this.engine = engine;
        this.testbed = testbed;
        this.topology = topology;
        this.own = own;
        this.netops = netops;
    }

    @Override
    public List<Machine> all() {
        var containers = own.byName();
        var running = topology.nodes().stream()
                .map(Node::name)
                .filter(node -> power(containers.get(node)) != Power.OFF)
                .toList();
        var cables = links("state", running, containers);
        var links = cables.links();
        var frozen = cables.frozen();
        return topology.nodes().stream()
                .map(Node::name)
                .map(node -> new Machine(
                        node,
                        containers.get(node).getNetworkSettings().getNetworks().values().stream()
                                .findFirst()
                                .map(network -> network.getIpamConfig() == null
                                        ? network.getIpAddress()
                                        : network.getIpamConfig().getIpv4Address())
                                .orElse(""),
                        frozen.contains(node) ? Power.FROZEN : power(containers.get(node)),
                        links.getOrDefault(node, Network.UNKNOWN)))
                .toList();
    }

    @Override
    public Usage usage() {
        var all = engine.containers(testbed).parallelStream()
                .filter(container -> power(container) != Power.OFF)
                .map(container -> engine.usage(container.getId()))
                .toList();
        return new Usage(
                all.stream().map(Usage::cpu).reduce(Duration.ZERO, Duration::plus),
                all.stream().mapToLong(Usage::memoryBytes).sum());
    }

    private static Power power(Container container) {
        return switch (container.getState()) {
            case "running" -> Power.ON;
            case "paused" -> Power.FROZEN;
            default -> Power.OFF;
        };
    }

    @Override
    public Duration freeze(Collection<String> nodes) {
        return power("freeze", running(nodes));
    }

    @Override
    public void thaw(Collection<String> nodes) {
        var running = running(nodes);
        // Somebody else may have asked the engine for it, which then wants to be asked again.
        each(running, container -> {
            if (power(container) == Power.FROZEN) {
                engine.client().unpauseContainerCmd(container.getId()).exec();
            }
        });
        power("thaw", running);
    }

    private List<Container> running(Collection<String> nodes) {
        return workers(nodes).stream()
                .filter(container -> power(container) != Power.OFF)
                .toList();
    }

    /** In one act of the kernel's own, past the engine, which would go through them one after another. */
    private Duration power(String act, List<Container> containers) {
        // The engine says 0 of one that has ended meanwhile.
        var pids = containers.parallelStream()
                .map(this::pid)
                .filter(pid -> !pid.equals("0"))
                .toList();
        if (pids.isEmpty()) {
            return Duration.ZERO;
        }
        var arguments =
                Stream.concat(Stream.of("power", act), pids.stream().flatMap(pid -> Stream.of("--container-pid", pid)));
        return Duration.ofNanos(netops.run(arguments).get(0).get("skew_nanos").asLong());
    }

    private String pid(Container container) {
        return Long.toString(engine.inspect(container.getId()).getState().getPidLong());
    }

    @Override
    public Duration powerOff(Collection<String> nodes) {
        var running = running(nodes);
        var skew = power("off", running);
        // The engine is asked as well, and waits until it has noticed; what is over already it calls a conflict.
        each(running, container -> {
            try {
                engine.client().killContainerCmd(container.getId()).exec();
            } catch (ConflictException isOff) {
                // That is what was wanted.
            }
        });
        return skew;
    }

    @Override
    public void powerOn(Collection<String> nodes) {
        each(workers(nodes), container -> {
            try {
                engine.client().startContainerCmd(container.getId()).exec();
            } catch (NotModifiedException runsAlready) {
                // That is what was wanted.
            }
        });
    }

    @Override
    public Duration cutOff(Collection<String> nodes) {
        return links("down", names(running(nodes)), own.byName()).skew();
    }

    @Override
    public void reconnect(Collection<String> nodes) {
        links("up", names(running(nodes)), own.byName());
    }

    /** A machine that is off has no cable: switched on again, it comes with a new one that is plugged in. */
    private static List<String> names(List<Container> running) {
        return running.stream()
                .map(container -> container.getLabels().get(Labels.NODE))
                .toList();
    }

    private record Cables(Map<String, Network> links, Set<String> frozen, Duration skew) {}

    private Cables links(String act, List<String> nodes, Map<String, Container> containers) {
        if (nodes.isEmpty()) {
            return new Cables(Map.of(), Set.of(), Duration.ZERO);
        }
        var nodeByPid = nodes.parallelStream()
                .collect(Collectors.toConcurrentMap(node -> pid(containers.get(node)), Function.identity()));
        var arguments = Stream.concat(
                Stream.of("link", act), nodeByPid.keySet().stream().flatMap(pid -> Stream.of("--pid", pid)));
        var links = new HashMap<String, Network>();
        var frozen = new HashSet<String>();
        var skew = Duration.ZERO;
        for (var line : netops.run(arguments)) {
            if (!line.has("pid")) {
                skew = skew.plusNanos(line.get("skew_nanos").asLong());
                continue;
            }
            var node = nodeByPid.get(line.get("pid").asString());
            links.put(node, isUp(line) ? Network.CONNECTED : Network.CUT_OFF);
            if (line.get("frozen").asBoolean()) {
                frozen.add(node);
            }
        }
        return new Cables(links, frozen, skew);
    }

    private static boolean isUp(JsonNode line) {
        return line.get("state").asString().equals("up");
    }

    private List<Container> workers(Collection<String> nodes) {
        if (nodes.isEmpty()) {
            throw new Problem("no node is named", "Name at least one worker of the testbed.");
        }
        if (nodes.contains(topology.controlPlane().name())) {
            throw new Problem(
                    topology.controlPlane().name() + " is the control plane, which is never broken as a machine",
                    "Name workers only.");
        }
        var containers = own.byName();
        return new TreeSet<>(nodes)
                .stream()
                        .map(node -> containers.get(topology.node(node).name()))
                        .toList();
    }

    /** All at once, each on its own thread. All are tried even if one cannot be reached. */
    private static void each(List<Container> containers, Consumer<Container> act) {
        var acts = containers.stream()
                .map(container -> CompletableFuture.runAsync(
                        () -> Engine.ask(
                                "act on "
                                        + Stream.of(container.getNames())
                                                .findFirst()
                                                .orElse("?"),
                                () -> {
                                    act.accept(container);
                                    return null;
                                }),
                        command -> new Thread(command, "machine-act").start()))
                .toList();
        Problem failed = null;
        for (var one : acts) {
            try {
                one.join();
            } catch (CompletionException broken) {
                failed = broken.getCause() instanceof Problem problem
                        ? problem
                        : new Problem("a machine could not be acted on", "Look at `./chaos status`.", broken);
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
