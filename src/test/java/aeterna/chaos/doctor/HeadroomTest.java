package aeterna.chaos.doctor;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.fakes.FakePrograms;
import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadroomTest {
    @TempDir
    private Path root;

    private final FakePrograms programs = new FakePrograms().installed("docker");

    @Test
    void tooLittleMemoryIsRefusedWithWhatIsThereAndWhatIsNeeded() throws IOException {
        available(2L << 20);
        assertThatThrownBy(() -> headroom().require(7, true))
                .isInstanceOf(Problem.class)
                .hasMessage("there is too little memory for 7 nodes with the stack: 2.0 GiB are available"
                        + " (/proc/meminfo), 3.6 GiB are needed (as measured by ./chaos bench)");
        assertThatCode(() -> headroom().require(7, false)).doesNotThrowAnyException();
        assertThatThrownBy(() -> headroom().require(20, false)).hasMessageContaining("20 nodes: 2.0 GiB");
    }

    @Test
    void tooLittleDiskIsRefused() throws IOException {
        available(900L << 20);
        programs.prints("docker info", root.toString());
        // More nodes than any disk has room for.
        assertThatThrownBy(() -> headroom().require(Integer.MAX_VALUE / 1_000_000, true))
                .hasMessageContaining("too little");
        assertThatThrownBy(() -> {
                    available(Long.MAX_VALUE >> 12);
                    headroom().require(Integer.MAX_VALUE, true);
                })
                .hasMessageContaining("too little disk")
                .hasMessageContaining("free in the engine's " + root);
    }

    @Test
    void anEngineElsewhereIsNotJudgedByThisMachine() throws IOException {
        available(900L << 20);
        programs.prints("docker info", "/nowhere/of/this/machine");
        assertThatCode(() -> headroom().require(7, true)).doesNotThrowAnyException();
    }

    private Headroom headroom() {
        return new Headroom(new Host(root, programs, Map.of(), "user"));
    }

    private void available(long kibibytes) throws IOException {
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(root.resolve("proc/meminfo"), "MemTotal: 1 kB\nMemAvailable:   " + kibibytes + " kB\n");
    }
}
