package aeterna.chaos.cluster.k3s;

import aeterna.chaos.model.Problem;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
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
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Our program that acts on nodes and looks into them from outside, run in a container that stays: a further process in it
 * starts in a tenth of the time that a container takes. The container is made when it is first needed, belongs to the
 * testbed and goes with it. Thread-safe.
 */
final class Netops {
    /** What the program answers to the container's own question: nothing in it takes longer than a few seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** In the container's image. */
    private static final String PROGRAM = "/aeterna-chaos-netops";

    /** Where the program expects the host's control groups. */
    private static final String GROUPS = "/sys/fs/cgroup:/host-cgroup";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Engine engine;
    private final String testbed;
    private final OwnNodes own;
    private final String image;

    private volatile String resident = "";

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

    /** Runs the program until it ends; what it printed, one object for each line. */
    List<JsonNode> run(Stream<String> arguments) {
        var command = command(arguments);
        return Engine.ask("run netops " + command.get(1), () -> {
            var exec = create(command);
            var output = new Output();
            var ended = engine.client()
                    .execStartCmd(exec)
                    .exec(output)
                    .awaitCompletion(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                throw new Problem(
                        "netops " + command.get(1) + " gave no answer within " + PATIENCE.toSeconds() + " s",
                        "See whether the testbed's containers run with `./chaos status`.");
            }
            var code = engine.client().inspectExecCmd(exec).exec().getExitCodeLong();
            if (code == null || code != 0) {
                throw new Problem(
                        "netops " + command.get(1) + " ended with " + code + ": " + output.err(),
                        "See whether the testbed's containers run with `./chaos status`.");
            }
            return output.out().lines().map(JSON::readTree).toList();
        });
    }

    /** Starts the program and leaves it running. */
    void start(Stream<String> arguments) {
        var command = command(arguments);
        Engine.ask("start netops " + command.get(1), () -> {
            engine.client()
                    .execStartCmd(create(command))
                    .withDetach(true)
                    .exec(new ResultCallback.Adapter<Frame>())
                    .awaitCompletion(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return null;
        });
    }

    private static List<String> command(Stream<String> arguments) {
        return Stream.concat(Stream.of(PROGRAM), arguments).toList();
    }

    private String create(List<String> command) {
        if (resident.isEmpty()) {
            resident = resident();
        }
        try {
            return create(resident, command);
        } catch (NotFoundException | ConflictException goneOrStopped) {
            resident = resident();
            return create(resident, command);
        }
    }

    private String create(String container, List<String> command) {
        return engine.client()
                .execCreateCmd(container)
                .withAttachStdout(true)
                .withAttachStderr(true)
                .withCmd(command.toArray(String[]::new))
                .exec()
                .getId();
    }

    /** The container, made unless it is there; two processes that need it at the same time get the same one. */
    private synchronized String resident() {
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
