package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.Subscription;
import aeterna.chaos.model.Problem;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Our program that acts on nodes and looks into them from outside. It runs in a container that is made when it is first
 * needed, belongs to the testbed and goes with it; each process of the harness has one process of the program in there,
 * which ends with it. Thread-safe.
 */
final class Netops implements AutoCloseable {
    /** What the program answers to the container's own question: nothing in it takes longer than a few seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** In the container's image. */
    private static final String PROGRAM = "/aeterna-chaos-netops";

    /** Where the program expects the host's control groups. */
    private static final String GROUPS = "/sys/fs/cgroup:/host-cgroup";

    private final Engine engine;
    private final String testbed;
    private final OwnNodes own;
    private final String image;

    private Optional<NetopsChannel> channel = Optional.empty();

    Netops(Engine engine, String testbed, OwnNodes own, String image) {
        this.engine = engine;
        this.testbed = testbed;
        this.own = own;
        this.image = image;
    }

    /** The full ids of the containers of all nodes, those that are off included, by the nodes' names. */
    Map<String, String> nodes() {
        var nodes = new TreeMap<String, String>();
        own.byName().forEach((node, container) -> nodes.put(node, container.getId()));
        return nodes;
    }

    /** The same of those nodes alone that run. */
    Map<String, String> running() {
        var nodes = new TreeMap<String, String>();
        own.byName().forEach((node, container) -> {
            if (!container.getState().equals("exited")) {
                nodes.put(node, container.getId());
            }
        });
        return nodes;
    }

    /** The full id of a node's container. */
    static String container(Map<String, String> nodes, String node) {
        return Optional.ofNullable(nodes.get(node))
                .orElseThrow(() -> new Problem(
                        "there is no node " + node + " in the testbed", "See what is there with `./chaos status`."));
    }

    /** The program's options that name all of these containers. */
    static Stream<String> named(Stream<String> containers) {
        return containers.flatMap(id -> Stream.of("--container", id));
    }

    /** Runs a command of the program until it ends; what it printed, one object for each line. */
    List<JsonNode> run(Stream<String> arguments) {
        return ask(arguments.toList(), false);
    }

    /** Starts the program as a process that goes on by itself. */
    void start(Stream<String> arguments) {
        ask(arguments.toList(), true);
    }

    /** Runs a command of the program until the subscription is closed. */
    Subscription follow(Stream<String> arguments, Consumer<JsonNode> lines, Consumer<String> trouble) {
        return channel().follow(arguments.toList(), lines, trouble);
    }

    private List<JsonNode> ask(List<String> command, boolean detached) {
        return Engine.ask("run netops " + command.get(0), () -> channel().ask(command, detached, PATIENCE));
    }

    private synchronized NetopsChannel channel() {
        if (channel.filter(NetopsChannel::usable).isEmpty()) {
            channel = Optional.of(NetopsChannel.open(engine.client(), serve(resident())));
        }
        return channel.get();
    }

    private String serve(String container) {
        return engine.client()
                .execCreateCmd(container)
                .withAttachStdin(true)
                .withAttachStdout(true)
                .withAttachStderr(true)
                .withCmd(PROGRAM, "serve")
                .exec()
                .getId();
    }

    /** Continues whatever of these containers is frozen, by the helper among them if there is one: what is frozen cannot even be killed. */
    static void thaw(Engine engine, List<Container> containers) {
        var running = containers.stream()
                .filter(container -> container.getState().equals("running"))
                .toList();
        var pids = running.stream()
                .filter(container -> container.getLabels().containsKey(Labels.NODE))
                .map(container -> engine.inspect(container.getId()).getState().getPidLong());
        var command = Stream.concat(
                        Stream.of(PROGRAM, "power", "thaw"),
                        pids.flatMap(pid -> Stream.of("--container-pid", "" + pid)))
                .toArray(String[]::new);
        running.stream()
                .filter(container ->
                        Labels.RESIDENT.equals(container.getLabels().get(Labels.ROLE)))
                .findFirst()
                .ifPresent(helper -> Engine.ask("thaw what is frozen", () -> {
                    var exec = engine.client()
                            .execCreateCmd(helper.getId())
                            .withAttachStdout(true)
                            .withCmd(command)
                            .exec();
                    return engine.client()
                            .execStartCmd(exec.getId())
                            .exec(new ResultCallback.Adapter<Frame>())
                            .awaitCompletion(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                }));
    }

    @Override
    public synchronized void close() {
        channel.ifPresent(NetopsChannel::hangUp);
    }

    /** The container, made unless it is there; two processes that need it at the same time get the same one. */
    private String resident() {
        var name = testbed + "-" + Labels.RESIDENT;
        var there = engine.named(name);
        if (there.filter(this::usable).isPresent()) {
            return there.get().getId();
        }
        there.ifPresent(this::removeOurs);
        try {
            return make(name);
        } catch (ConflictException madeMeanwhile) {
            return engine.named(name).filter(this::usable).map(Container::getId).orElseThrow(() -> madeMeanwhile);
        }
    }

    private boolean usable(Container container) {
        return testbed.equals(container.getLabels().get(Labels.TESTBED))
                && image.equals(container.getImage())
                && container.getState().equals("running");
    }

    private void removeOurs(Container old) {
        if (!testbed.equals(old.getLabels().get(Labels.TESTBED))) {
            throw new Problem(
                    "the container " + testbed + "-" + Labels.RESIDENT + " is none of ours",
                    "Remove or rename it, or choose another name for the testbed.");
        }
        engine.remove(old.getId());
    }

    private String make(String name) {
        var id = engine.client()
                .createContainerCmd(image)
                .withName(name)
                .withLabels(Map.of(Labels.TESTBED, testbed, Labels.ROLE, Labels.RESIDENT))
                .withHostConfig(HostConfig.newHostConfig()
                        .withPrivileged(true)
                        .withNetworkMode("host")
                        .withPidMode("host")
                        .withCgroupnsMode("host")
                        .withBinds(Bind.parse(GROUPS)))
                .withCmd("wait")
                .exec()
                .getId();
        engine.client().startContainerCmd(id).exec();
        return id;
    }
}
