package aeterna.chaos.cluster.k3s;

import aeterna.chaos.model.Image;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.time.Waiting;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * The registry inside: one container beside the nodes from which they pull what the local engine has, each layer once
 * per node that needs it. The nodes use it as a mirror of every registry and go upstream for what it lacks.
 *
 * <p>What was pushed is kept in a volume that outlives testbeds, so that an image is pushed once per machine.
 */
final class RegistryMirror {
    /** Kept when testbeds go; removed with the images. */
    static final String VOLUME = "aeterna-chaos-registry";

    private static final int PORT = 5000;
    private static final Duration START = Duration.ofSeconds(20);
    private static final Duration ANSWER = Duration.ofSeconds(3);

    private final Engine engine;
    private final String container;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ANSWER).build();

    RegistryMirror(Engine engine, String testbed) {
        this.engine = engine;
        this.container = containerName(testbed);
    }

    static String containerName(String testbed) {
        return testbed + "-registry";
    }

    /** Starts it at a fixed address and waits until it answers. */
    void start(Map<String, String> labels, Image image, String network, String address) {
        engine.pullIfMissing(image.reference());
        Engine.ask("start the registry", () -> {
            var created = engine.client()
                    .createContainerCmd(image.reference())
                    .withName(container)
                    .withLabels(labels)
                    .withExposedPorts(ExposedPort.tcp(PORT))
                    .withIpv4Address(address)
                    .withHostConfig(HostConfig.newHostConfig()
                            .withNetworkMode(network)
                            .withBinds(new Bind(VOLUME, new Volume("/var/lib/registry")))
                            .withPortBindings(
                                    new PortBinding(Ports.Binding.bindIp("127.0.0.1"), ExposedPort.tcp(PORT))))
                    .exec();
            engine.client().startContainerCmd(created.getId()).exec();
            return created;
        });
        if (!Waiting.atMost(START).untilTrue(() -> status("/v2/") == 200)) {
            throw new Problem(
                    "the registry inside did not answer within " + START.toSeconds() + " s; its log ends:\n"
                            + engine.logTail(container, 10),
                    "Run `./chaos down` and `./chaos up` again.");
        }
    }

    /** Pushes those of the images that the local engine has and the registry has not; the nodes pull the others upstream. */
    void fill(Collection<Image> images, Progress progress) {
        for (Image image : images) {
            var path = Reference.of(image.reference());
            if (engine.has(image.reference()) && status(path.manifest()) != 200) {
                push(image, path, progress);
            }
        }
    }

    private void push(Image image, Reference path, Progress progress) {
        var step = progress.begin("registry: taking in " + image.reference(), Duration.ofSeconds(5));
        var repository = "127.0.0.1:" + hostPort() + "/" + path.repository();
        Engine.ask("push " + image.reference() + " into the registry inside", () -> {
            engine.client()
                    .tagImageCmd(image.reference(), repository, path.tag())
                    .exec();
            try {
                engine.client()
                        .pushImageCmd(repository)
                        .withTag(path.tag())
                        .start()
                        .awaitCompletion();
            } finally {
                // Only the name: the image itself stays under its own.
                engine.client().removeImageCmd(repository + ":" + path.tag()).exec();
            }
            return null;
        });
        step.close();
    }

    private int hostPort() {
        var bindings = engine.inspect(container)
                .getNetworkSettings()
                .getPorts()
                .getBindings()
                .get(ExposedPort.tcp(PORT));
        if (bindings == null || bindings.length == 0) {
            throw new Problem(
                    "the registry inside (" + container + ") does not run",
                    "Run `./chaos down` and `./chaos up` again.");
        }
        return Integer.parseInt(bindings[0].getHostPortSpec());
    }

    private int status(String path) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hostPort() + path))
                .timeout(ANSWER)
                .header("Accept", "application/vnd.docker.distribution.manifest.v2+json")
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new Problem("interrupted while asking the registry inside", "Run the command again.", stopped);
        } catch (IOException noAnswer) {
            return 0;
        }
    }

    /**
     * An image's name without its registry's host, as a mirror is asked for it.
     *
     * @param repository such as {@code library/busybox}
     * @param tag such as {@code 1.36}
     */
    record Reference(String repository, String tag) {
        static Reference of(String reference) {
            int slash = reference.lastIndexOf('/');
            int colon = reference.lastIndexOf(':');
            var name = colon > slash ? reference.substring(0, colon) : reference;
            var tag = colon > slash ? reference.substring(colon + 1) : "latest";
            int first = name.indexOf('/');
            var host = first < 0 ? "" : name.substring(0, first);
            boolean named = host.contains(".") || host.contains(":") || host.equals("localhost");
            var path = named ? name.substring(first + 1) : name;
            boolean library = !path.contains("/") && (!named || host.equals("docker.io"));
            return new Reference(library ? "library/" + path : path, tag);
        }

        String manifest() {
            return "/v2/" + repository + "/manifests/" + tag;
        }
    }

    /** The volume's engine-side name if it is there. */
    static Optional<String> volume(Engine engine) {
        return Engine.ask("look for the volume " + VOLUME, () -> {
            try {
                return Optional.of(
                        engine.client().inspectVolumeCmd(VOLUME).exec().getName());
            } catch (NotFoundException none) {
                return Optional.empty();
            }
        });
    }
}
