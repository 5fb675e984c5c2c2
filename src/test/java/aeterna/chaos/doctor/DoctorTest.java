package aeterna.chaos.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.doctor.Diagnosis.Cure;
import aeterna.chaos.doctor.Diagnosis.State;
import aeterna.chaos.fakes.FakePrograms;
import aeterna.chaos.image.GoToolchain;
import aeterna.chaos.image.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
    @TempDir
    private Path root;

    private final FakePrograms programs =
            new FakePrograms().installed("mvn", "go", "docker", "debootstrap", "apt-get", "python3");
    private String user = "root";

    @BeforeEach
    void machine() throws IOException {
        Files.createDirectories(root.resolve("recipes"));
        write("proc/self/status", "CapBnd:\t000001ffffffffff\n");
        write("proc/sys/fs/inotify/max_user_instances", "8192\n");
        write("proc/sys/fs/inotify/max_user_watches", "1048576\n");
        write("proc/meminfo", "MemTotal: 24684084 kB\nMemAvailable:   20228064 kB\n");
        write("etc/docker/daemon.json", "{\"userland-proxy\": false}");
        programs.prints("mvn", "Apache Maven 3.8.7 (x)");
        programs.prints("go env GOVERSION", "go1.26.8");
        programs.prints("docker version --format {{.Client", "28.2.2");
        programs.prints("docker version --format {{.Server", "20.10.24");
        programs.prints("docker info", root.toString());
    }

    @Test
    void aHealthyMachineLacksNothing() {
        assertThat(examine())
                .allSatisfy(diagnosis ->
                        assertThat(diagnosis.state()).as("%s", diagnosis).isIn(State.OK, State.WARNING));
        assertThat(state("memory")).isEqualTo(State.OK);
        assertThat(state("userland-proxy")).isEqualTo(State.OK);
        assertThat(cures()).isEmpty();
    }

    @Test
    void whatIsMissingIsInstalledInOneGoAndBeforeWhatNeedsIt() {
        programs.removed("mvn", "docker", "debootstrap", "go");
        assertThat(cures())
                .containsExactly(
                        new Cure.Packages(List.of(
                                "maven", "golang-go", "docker.io", "containerd", "runc", "iptables", "debootstrap")),
                        new Cure.Toolchain(),
                        new Cure.StartEngine());
    }

    @Test
    void anOldGoFetchesANewOne() {
        programs.prints("go env GOVERSION", "go1.19.8");
        assertThat(state("Go")).isEqualTo(State.MISSING);
        assertThat(cures()).containsExactly(new Cure.Toolchain());
    }

    @Test
    void withoutTheRightNothingIsInstalled() {
        programs.removed("debootstrap");
        user = "somebody";
        assertThat(cures()).isEmpty();
    }

    @Test
    void fewInotifyInstancesAreRaised() throws IOException {
        write("proc/sys/fs/inotify/max_user_instances", "128\n");
        assertThat(state("fs.inotify.max_user_instances")).isEqualTo(State.WARNING);
        assertThat(cures()).containsExactly(new Cure.KernelSetting("fs.inotify.max_user_instances", 8192));
    }

    @Test
    void aRunningEngineIsNotTouched() throws IOException {
        write("proc/self/status", "CapBnd:\t000001fffeffffff\n");
        programs.prints("docker info --format {{.DefaultRuntime}}", "runc");
        assertThat(state("containers' privileges")).isEqualTo(State.MISSING);
        assertThat(cures()).isEmpty();

        programs.prints("docker info --format {{.DefaultRuntime}}", "runc-without-sys-resource");
        assertThat(state("containers' privileges")).isEqualTo(State.OK);
    }

    @Test
    void theEnginesOwnArgumentsCountMoreThanItsFile() throws IOException {
        write("proc/77/cmdline", "/usr/bin/dockerd\0--userland-proxy=true\0");
        assertThat(state("userland-proxy")).isEqualTo(State.WARNING);
    }

    private List<Diagnosis> examine() {
        return new Doctor(host(), toolchain(), Recipes.read(root.resolve("recipes")), new TreeSet<>()).examine();
    }

    private List<Cure> cures() {
        return new Pharmacy(host(), toolchain(), root).cures(examine());
    }

    private State state(String subject) {
        return examine().stream()
                .filter(diagnosis -> diagnosis.subject().equals(subject))
                .findFirst()
                .orElseThrow()
                .state();
    }

    private GoToolchain toolchain() {
        return new GoToolchain(programs, Map.of("HOME", root.toString()));
    }

    private Host host() {
        return new Host(root, programs, Map.of("HOME", root.toString()), user);
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
