package aeterna.chaos.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import aeterna.chaos.fakes.FakePrograms;
import aeterna.chaos.fakes.RecordedProgress;
import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineSetupTest {
    private static final String ALL = "CapBnd:\t000001ffffffffff";
    private static final String WITHOUT_SYS_RESOURCE = "CapBnd:\t000001fffeffffff";

    @TempDir
    private Path root;

    private final FakePrograms programs = new FakePrograms().installed("docker", "dockerd", "sh");
    private String user = "root";

    @BeforeEach
    void machine() throws IOException {
        capabilities(ALL);
    }

    @Test
    void aPlainMachineGetsAnEngineWithoutUserlandProxy() throws IOException {
        start();
        assertThat(config()).isEqualToIgnoringWhitespace("{\"userland-proxy\": false}");
        assertThat(root.resolve("usr/local/bin")).doesNotExist();
        assertThat(programs.commands("sh -c exec setsid --fork dockerd")).hasSize(1);
    }

    @Test
    void aMachineThatWithholdsTheCapabilityGetsTheRuntime() throws IOException {
        capabilities(WITHOUT_SYS_RESOURCE);
        start();
        assertThat(config()).isEqualToIgnoringWhitespace("""
                {"userland-proxy": false,
                 "runtimes": {"runc-without-sys-resource": {"path": "/usr/local/bin/runc-without-sys-resource"}},
                 "default-runtime": "runc-without-sys-resource"}
                """);
        assertThat(root.resolve("usr/local/bin/runc-without-sys-resource")).isExecutable();
    }

    @Test
    void whatSomebodyHasSetStays() throws IOException {
        capabilities(WITHOUT_SYS_RESOURCE);
        write("etc/docker/daemon.json", """
                {"data-root": "/data", "userland-proxy": true, "runtimes": {"mine": {"path": "/mine"}}}
                """);
        start();
        assertThat(config()).contains("\"data-root\" : \"/data\"", "\"userland-proxy\" : true", "\"/mine\"");
    }

    @Test
    void anotherDefaultRuntimeIsLeftToItsOwner() throws IOException {
        capabilities(WITHOUT_SYS_RESOURCE);
        String theirs = "{\"default-runtime\": \"mine\"}";
        write("etc/docker/daemon.json", theirs);
        var problem = catchThrowableOfType(Problem.class, this::start);
        assertThat(problem).hasMessageContaining("makes 'mine' the default runtime");
        assertThat(config()).isEqualTo(theirs);
        assertThat(programs.commands()).isEmpty();
    }

    @Test
    void aMalformedConfigurationIsLeftAlone() throws IOException {
        write("etc/docker/daemon.json", "{nonsense");
        var problem = catchThrowableOfType(Problem.class, this::start);
        assertThat(problem).hasMessageContaining("daemon.json");
        assertThat(config()).isEqualTo("{nonsense");
    }

    @Test
    void systemdStartsItsOwnService() throws IOException {
        Files.createDirectories(root.resolve("run/systemd/system"));
        programs.installed("systemctl");
        start();
        assertThat(programs.commands()).startsWith("systemctl start docker");
    }

    @Test
    void anEngineThatDoesNotComeUpShowsTheEndOfItsLog() throws IOException {
        write("var/log/aeterna-chaos-dockerd.log", "first\nfailed to start daemon: no iptables\n");
        programs.fails("docker version", "Cannot connect");
        var problem = catchThrowableOfType(Problem.class, this::start);
        assertThat(problem)
                .hasMessageContaining("does not answer")
                .hasMessageContaining("    failed to start daemon: no iptables");
        assertThat(problem.remedy()).contains("aeterna-chaos-dockerd.log");
    }

    @Test
    void onlyRootStartsOne() {
        user = "somebody";
        assertThat(catchThrowableOfType(Problem.class, this::start)).hasMessageContaining("only root");
        assertThat(programs.commands()).isEmpty();
    }

    private void start() {
        var host = new Host(root, programs, Map.of(), user);
        new EngineSetup(host, Path.of(""), Duration.ofMillis(700)).start(new RecordedProgress());
    }

    private void capabilities(String line) throws IOException {
        write("proc/self/status", "Name:\tjava\n" + line + "\n");
    }

    private String config() throws IOException {
        return Files.readString(root.resolve("etc/docker/daemon.json"));
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
