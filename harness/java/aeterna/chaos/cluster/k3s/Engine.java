package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.Usage;
import aeterna.chaos.model.Problem;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectVolumeResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.Network;
import com.github.dockerjava.api.model.Statistics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.testcontainers.DockerClientFactory;

/** The Docker engine, as far as a testbed needs it; every failure comes out as a {@link Problem}. Thread-safe. */
final class Engine {
    /** What is printed or counted comes within milliseconds; what does not come in this time never will. */
    private static final Duration ANSWER = Duration.ofSeconds(20);

    private final Supplier<DockerClient> client;

    private Engine(Supplier<DockerClient> client) {
        this.client = client;
    }

    /** The engine that Testcontainers finds (DOCKER_HOST, the local socket, Docker Desktop's), connected at first use. */
    static Engine local() {
        return new Engine(() -> {
            try {
                var factory = DockerClientFactory.instance();
                var found = factory.client();
                demandNamed(
                        System.getenv("DOCKER_HOST"),
                        factory.getTransportConfig().getDockerHost());
                return found;
            } catch (IllegalStateException noEngine) {
                throw new Problem(
                        "no Docker engine answers",
                        "Start it (on Debian as root `./chaos doctor` does), or set DOCKER_HOST.",
                        noEngine);
            }
        });
    }

    /** Testcontainers goes on to the local engine when the one that was named is away: there, other testbeds are at stake. */
    static void demandNamed(String named, URI found) {
        if (named != null && !named.isBlank() && !named.strip().equals(found.toString())) {
            throw new Problem(
                    "no Docker engine answers at DOCKER_HOST, " + named,
                    "Start it, or unset DOCKER_HOST to use the one at " + found + ".");
        }
    }

    DockerClient client() {
        return client.get();
    }

    /** Containers of a testbed in any state. */
    List<Container> containers(String testbed) {
        return ask(
                "list the containers of " + testbed,
                () -> client().listContainersCmd()
                        .withShowAll(true)
                        .withLabelFilter(Map.of(Labels.TESTBED, testbed))
                        .exec());
    }

    /** The helper containers of a testbed whose process is gone; this process's own, and those of others that run, are not. */
    List<Container> strays(String testbed) {
        return containers(testbed).stream()
                .filter(container -> Labels.HELPER.equals(container.getLabels().get(Labels.ROLE)))
                .filter(container -> !runs(container.getLabels().get(Labels.OWNER)))
                .toList();
    }

    private static boolean runs(String pid) {
        return pid != null
                && ProcessHandle.of(Long.parseLong(pid))
                        .filter(ProcessHandle::isAlive)
                        .isPresent();
    }

    /** A container by its exact name, whoever made it. */
    Optional<Container> named(String name) {
        return ask(
                "look for the container " + name,
                () ->
                        client()
                                .listContainersCmd()
                                .withShowAll(true)
                                .withNameFilter(List.of("^/?" + name + "$"))
                                .exec()
                                .stream()
                                .findFirst());
    }

    List<Network> networks(String testbed) {
        return ask(
                "list the networks of " + testbed,
                () -> client().listNetworksCmd()
                        .withFilter("label", List.of(Labels.TESTBED + "=" + testbed))
                        .exec());
    }

    List<InspectVolumeResponse> volumes(String testbed) {
        return ask(
                "list the volumes of " + testbed,
                () -> client().listVolumesCmd()
                        .withFilter("label", List.of(Labels.TESTBED + "=" + testbed))
                        .exec()
                        .getVolumes());
    }

    InspectContainerResponse inspect(String id) {
        return ask(
                "inspect container " + id,
                () -> client().inspectContainerCmd(id).exec());
    }

    /** Whether the engine has the image. */
    boolean has(String image) {
        return ask("look for the image " + image, () -> {
            try {
                client().inspectImageCmd(image).exec();
                return true;
            } catch (NotFoundException missing) {
                return false;
            }
        });
    }

    /** Pulls an image that the engine has not. */
    void pullIfMissing(String image) {
        if (!has(image)) {
            ask("pull " + image, () -> client().pullImageCmd(image).start().awaitCompletion());
        }
    }

    /** Removes a container with its anonymous volumes; one that is gone already is fine. */
    void remove(String id) {
        ask("remove container " + id, () -> {
            try {
                return client().removeContainerCmd(id)
                        .withForce(true)
                        .withRemoveVolumes(true)
                        .exec();
            } catch (NotFoundException goneAlready) {
                return null;
            }
        });
    }

    /** The text of a small file in a container, running or not. */
    String file(String id, String path) {
        return ask("read " + path + " from container " + id, () -> {
            try (var tar = new TarArchiveInputStream(
                    client().copyArchiveFromContainerCmd(id, path).exec())) {
                tar.getNextEntry();
                return new String(tar.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException torn) {
                throw new Problem(
                        path + " could not be read from container " + id + ": " + torn.getMessage(),
                        "Run the command again.",
                        torn);
            }
        });
    }

    /** Whether a container, running or not, has that file. */
    boolean hasFile(String id, String path) {
        return ask("look for " + path + " in container " + id, () -> {
            try (var found = client().copyArchiveFromContainerCmd(id, path).exec()) {
                return found != null;
            } catch (NotFoundException missing) {
                return false;
            } catch (IOException torn) {
                throw new UncheckedIOException(torn);
            }
        });
    }

    /** Makes a small file in a container. */
    void write(String id, String path, String text) {
        var slash = path.lastIndexOf('/');
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var tar = new ByteArrayOutputStream();
        try (var archive = new TarArchiveOutputStream(tar)) {
            var entry = new TarArchiveEntry(path.substring(slash + 1));
            entry.setSize(bytes.length);
            archive.putArchiveEntry(entry);
            archive.write(bytes);
            archive.closeArchiveEntry();
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory does not fail", impossible);
        }
        ask(
                "write " + path + " into container " + id,
                () -> client().copyArchiveToContainerCmd(id)
                        .withRemotePath(path.substring(0, slash))
                        .withTarInputStream(new ByteArrayInputStream(tar.toByteArray()))
                        .exec());
    }

    /** The last lines that a container printed. */
    String logTail(String id, int lines) {
        var text = new StringBuilder();
        ask("read the log of container " + id, () -> {
            var log = client().logContainerCmd(id)
                    .withStdOut(true)
                    .withStdErr(true)
                    .withTail(lines)
                    .exec(new ResultCallback.Adapter<Frame>() {
                        @Override
                        public void onNext(Frame frame) {
                            synchronized (text) {
                                text.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
                            }
                        }
                    });
            return log.awaitCompletion(ANSWER.toSeconds(), TimeUnit.SECONDS);
        });
        synchronized (text) {
            return text.toString();
        }
    }

    /** What a running container uses, with everything below it in the control group tree: a node's pods are its own. */
    Usage usage(String id) {
        return ask("measure container " + id, () -> {
            var first = new CompletableFuture<Statistics>();
            try (var stats = client().statsCmd(id).withNoStream(true).exec(new ResultCallback.Adapter<Statistics>() {
                @Override
                public void onNext(Statistics statistics) {
                    first.complete(statistics);
                }
            })) {
                stats.awaitCompletion(ANSWER.toSeconds(), TimeUnit.SECONDS);
                var statistics = first.getNow(null);
                if (statistics == null) {
                    throw new Problem(
                            "Docker gave no statistics of container " + id,
                            "See whether it runs with `./chaos status`.");
                }
                var memory = statistics.getMemoryStats();
                // Control groups v1 and v2 name it differently; what can be dropped at once is nobody's need.
                var droppable = Stream.of(
                                memory.getStats().getTotalInactiveFile(),
                                memory.getStats().getInactiveFile())
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(0L);
                return new Usage(
                        Duration.ofNanos(statistics.getCpuStats().getCpuUsage().getTotalUsage()),
                        memory.getUsage() - droppable);
            } catch (IOException unclosable) {
                throw new Problem("the statistics stream of " + id + " broke", "Run it again.", unclosable);
            }
        });
    }

    /** Asks the engine something; its failures become problems that say what was asked. */
    static <T> T ask(String what, Question<T> question) {
        try {
            return question.answer();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new Problem("interrupted while about to " + what, "Run the command again.", stopped);
        } catch (DockerException refused) {
            throw new Problem(
                    "Docker refused to " + what + ": " + refused.getMessage().strip(),
                    "If that says nothing to you, `./chaos doctor` looks at the engine.",
                    refused);
        } catch (Problem known) {
            throw known;
        } catch (RuntimeException gone) {
            throw new Problem(
                    "Docker did not answer when asked to " + what + ": " + rootOf(gone),
                    "See whether the engine still runs: `docker info`, `./chaos doctor`.",
                    gone);
        }
    }

    private static Throwable rootOf(Throwable thrown) {
        var root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** Something asked of the engine. */
    @FunctionalInterface
    interface Question<T> {
        T answer() throws InterruptedException;
    }
}
