package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.Machines;
import aeterna.chaos.cluster.Usage;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Machine.Network;
import aeterna.chaos.model.Machine.Power;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Topology;
import aeterna.chaos.time.Clock;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Container;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Power over nodes that are containers: freeze is the engine's freezer, power-off is SIGKILL of the node's init, and the
 * network is taken away at the host's end of the node's cable, by a helper container of ours; nothing inside the node's
 * image is relied upon. Thread-safe.
 */
final class DockerMachines implements Machines {
    private final Engine engine;
    private final String testbed;
    private final Topology topology;
    private final OwnNodes own;
    private final Netops netops;
    private final Clock clock = Clock.system();

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
        var links = links("state", running, containers).links();
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
                        power(containers.get(node)),
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
        return each(workers(nodes), container -> {
            if (power(container) == Power.ON) {
                engine.client().pauseContainerCmd(container.getId()).exec();
            }
        });
    }

    @Override
    public void thaw(Collection<String> nodes) {
        each(workers(nodes), container -> {
            if (power(container) == Power.FROZEN) {
                engine.client().unpauseContainerCmd(container.getId()).exec();
            }
        });
    }

    @Override
    public Duration powerOff(Collection<String> nodes) {
        var running = workers(nodes).stream()
                .filter(container -> power(container) != Power.OFF)
                .toList();
        if (running.isEmpty()) {
            return Duration.ZERO;
        }
        var arguments = new ArrayList<>(List.of("power", "off"));
        for (var container : running) {
            var pid = engine.inspect(container.getId()).getState().getPidLong();
            arguments.addAll(List.of("--container-pid", Long.toString(pid)));
        }
        var skew = Duration.ofNanos(
                netops.run(arguments.stream()).get(0).get("skew_nanos").asLong());
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
        return links("down", runningOf(nodes), own.byName()).skew();
    }

    @Override
    public void reconnect(Collection<String> nodes) {
        links("up", runningOf(nodes), own.byName());
    }

    /** A machine that is off has no cable: switched on again, it comes with a new one that is plugged in. */
    private List<String> runningOf(Collection<String> nodes) {
        return workers(nodes).stream()
                .filter(container -> power(container) != Power.OFF)
                .map(container -> container.getLabels().get(Labels.NODE))
                .toList();
    }

    private record Cables(Map<String, Network> links, Duration skew) {}

    private Cables links(String act, List<String> nodes, Map<String, Container> containers) {
        if (nodes.isEmpty()) {
            return new Cables(Map.of(), Duration.ZERO);
        }
        var nodeByPid = new HashMap<Long, String>();
        var arguments = new ArrayList<>(List.of("link", act));
        for (String node : nodes) {
            var pid = engine.inspect(containers.get(node).getId()).getState().getPidLong();
            nodeByPid.put(pid, node);
            arguments.addAll(List.of("--pid", Long.toString(pid)));
        }
        var links = new HashMap<String, Network>();
        var lines = netops.run(arguments.stream());
        lines.stream()
                .filter(line -> line.has("pid"))
                .forEach(line -> links.put(
                        nodeByPid.get(line.get("pid").asLong()), isUp(line) ? Network.CONNECTED : Network.CUT_OFF));
        var skew = lines.stream()
                .filter(line -> line.has("skew_nanos"))
                .mapToLong(line -> line.get("skew_nanos").asLong())
                .sum();
        return new Cables(links, Duration.ofNanos(skew));
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

    /**
     * All at once, each on its own thread: a zone's nodes fail together. All are tried even if one cannot be reached.
     *
     * @return from the first that was asked for to the last that was confirmed; zero for a single one
     */
    private Duration each(List<Container> containers, Consumer<Container> act) {
        var acts = containers.stream()
                .map(container -> CompletableFuture.supplyAsync(
                        () -> timed(container, act), command -> new Thread(command, "machine-act").start()))
                .toList();
        var done = new ArrayList<Span>();
        Problem failed = null;
        for (CompletableFuture<Span> one : acts) {
            try {
                done.add(one.join());
            } catch (CompletionException broken) {
                failed = broken.getCause() instanceof Problem problem
                        ? problem
                        : new Problem("a machine could not be acted on", "Look at `./chaos status`.", broken);
            }
        }
        if (failed != null) {
            throw failed;
        }
        if (done.size() < 2) {
            return Duration.ZERO;
        }
        var first = done.stream().mapToLong(Span::began).min().orElseThrow();
        var last = done.stream().mapToLong(Span::ended).max().orElseThrow();
        return Duration.ofNanos(last - first);
    }

    private record Span(long began, long ended) {}

    private Span timed(Container container, Consumer<Container> act) {
        var began = clock.nanos();
        Engine.ask("act on " + Stream.of(container.getNames()).findFirst().orElse("?"), () -> {
            act.accept(container);
            return null;
        });
        return new Span(began, clock.nanos());
    }
}
