package aeterna.chaos.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.model.Problem;
import aeterna.chaos.time.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OutlivingTest {
    private final Programs programs = new SystemPrograms("/usr/bin:/bin");

    @TempDir
    private Path folder;

    /** Waits for the end of its standard input, then leaves a file. */
    private Outliving waiting(Path end) {
        return Outliving.start(
                programs,
                List.of(
                        "sh",
                        "-c",
                        "echo ready; cat >/dev/null; echo it ended >&2; echo gone >\"$1\"",
                        "sh",
                        end.toString()),
                folder.resolve("log"));
    }

    @Test
    void itLearnsThatItsStarterIsGone() throws IOException {
        var end = folder.resolve("end");
        var program = waiting(end);
        assertThat(program.line()).isEqualTo("ready");
        assertThat(program.alive()).isTrue();
        assertThat(end).doesNotExist();
        program.close();
        assertThat(Waiting.atMost(Duration.ofSeconds(20)).untilTrue(() -> Files.exists(end) && !program.alive()))
                .isTrue();
        assertThat(folder.resolve("log")).hasContent("it ended");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void noSignalToTheGroupOfItsStarterReachesIt() throws IOException {
        try (var program = waiting(folder.resolve("end"))) {
            assertThat(program.line()).isEqualTo("ready");
            // Fields 5 and 6 of the line: process group and session.
            var fields = Files.readString(Path.of("/proc/" + program.pid() + "/stat"))
                    .split(" ", 8);
            assertThat(fields[4]).isEqualTo(Long.toString(program.pid()));
            assertThat(fields[5]).isEqualTo(Long.toString(program.pid()));
        }
    }

    @Test
    void aProgramThatIsNotThereIsNamed() {
        assertThatThrownBy(
                        () -> Outliving.start(new SystemPrograms(""), List.of("/nowhere/java"), folder.resolve("log")))
                .isInstanceOf(Problem.class)
                .hasMessageStartingWith("/nowhere/java could not be started: ");
    }
}
