package aeterna.chaos.doctor;

import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.process.Invocation;
import aeterna.chaos.time.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Configures and starts a container engine on a machine where none runs. */
final class EngineSetup {
    static final String RUNTIME = "runc-without-sys-resource";
    static final String CONFIG = "/etc/docker/daemon.json";
    private static final String LOG = "/var/log/aeterna-chaos-dockerd.log";
    private static final String RUNTIME_PATH = "/usr/local/bin/" + RUNTIME;
    private static final Duration STARTING = Duration.ofSeconds(10);
    private static final int TOLD_LINES = 15;

    private final Host host;
    private final Path home;
    private final Duration patience;
    private final JsonMapper json = JsonMapper.builder().build();

    /**
     * @param home the project's folder
     * @param patience how long a started engine may take to answer
     */
    EngineSetup(Host host, Path home, Duration patience) {
        this.host = host;
        this.home = home;
        this.patience = patience;
    }

    void start(Progress progress) {
        if (!host.isRoot()) {
            throw new Problem("no engine answers, and only root can start one", "Start Docker, or run as root.");
        }
        if (host.programs().find("dockerd").isEmpty()) {
            throw new Problem("there is no dockerd on this machine", "Install Docker (on Debian: docker.io).");
        }
        boolean wrapped = !new CapabilityBound(host).allowsSysResource();
        if (wrapped) {
            installRuntime();
        }
        configure(wrapped);
        var step = progress.begin("starting dockerd", STARTING);
        boolean systemd = Files.isDirectory(host.file("/run/systemd/system"));
        Path log = host.file(LOG);
        var started = host.programs()
                .capture(
                        systemd
                                ? Invocation.of("systemctl", "start", "docker")
                                // In a session of its own, so that Ctrl-C here does not reach it.
                                : Invocation.of(
                                        "sh",
                                        "-c",
                                        "exec setsid --fork dockerd >>\"$1\" 2>&1 </dev/null",
                                        "sh",
                                        log.toString()));
        boolean answers = started.ok()
                && new Waiting(patience, Duration.ofMillis(300))
                        .untilTrue(() -> host.programs()
                                .capture(Invocation.of("docker", "version", "--format", "{{.Server.Version}}")
                                        .atMost(Duration.ofSeconds(5)))
                                .ok());
        if (!answers) {
            step.failed("it does not answer");
            throw new Problem(
                    "dockerd was started and does not answer" + tail(systemd),
                    systemd ? "See journalctl -u docker." : "The whole output is in " + log + ".");
        }
        step.close();
    }

    private String tail(boolean systemd) {
        List<String> lines = systemd
                ? host.programs()
                        .capture(Invocation.of(
                                "journalctl", "-u", "docker", "-n", Integer.toString(TOLD_LINES), "--no-pager"))
                        .out()
                        .lines()
                        .toList()
                : host.read(LOG).orElse("").lines().toList();
        return lines.isEmpty()
                ? ""
                : "; its last lines:\n    "
                        + String.join("\n    ", lines.subList(Math.max(0, lines.size() - TOLD_LINES), lines.size()));
    }

    private void installRuntime() {
        Path wrapper = host.file(RUNTIME_PATH);
        try {
            Files.createDirectories(wrapper.getParent());
            Path draft = wrapper.resolveSibling("." + RUNTIME);
            Files.copy(
                    home.resolve("images/node").resolve(RUNTIME),
                    draft,
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.COPY_ATTRIBUTES);
            if (!draft.toFile().setExecutable(true, false)) {
                throw new IOException(draft + " cannot be made executable");
            }
            Files.move(draft, wrapper, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw new Problem(
                    "the runtime " + wrapper + " cannot be installed: " + failed, "Make it writable.", failed);
        }
    }

    /** Adds what is missing to the daemon's configuration; what somebody has set there stays as it is. */
    private void configure(boolean wrapped) {
        Path file = host.file(CONFIG);
        ObjectNode config = json.createObjectNode();
        String before = host.read(CONFIG).orElse("");
        if (!before.isEmpty()) {
            try {
                if (json.readTree(before) instanceof ObjectNode found) {
                    config = found;
                } else {
                    throw new Problem(file + " is no JSON object", "Mend it or move it away.");
                }
            } catch (JacksonException malformed) {
                throw new Problem(file + ": " + malformed.getOriginalMessage(), "Mend it or move it away.", malformed);
            }
        }
        ObjectNode unchanged = config.deepCopy();
        if (!config.has("userland-proxy")) {
            config.put("userland-proxy", false);
        }
        if (wrapped) {
            ObjectNode runtimes =
                    config.get("runtimes") instanceof ObjectNode found ? found : config.putObject("runtimes");
            if (!runtimes.has(RUNTIME)) {
                runtimes.putObject(RUNTIME).put("path", RUNTIME_PATH);
            }
            String runtime = config.path("default-runtime").asString(RUNTIME);
            if (!runtime.equals(RUNTIME)) {
                throw new Problem(
                        file + " makes '" + runtime + "' the default runtime, and this machine needs " + RUNTIME,
                        "Change \"default-runtime\" there by hand.");
            }
            config.put("default-runtime", RUNTIME);
        }
        if (config.equals(unchanged)) {
            return;
        }
        try {
            Files.createDirectories(file.getParent());
            Path draft = file.resolveSibling("daemon.json.new");
            Files.writeString(
                    draft,
                    json.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n",
                    StandardCharsets.UTF_8);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw new Problem(file + " cannot be written: " + failed, "Make it writable.", failed);
        }
    }
}
