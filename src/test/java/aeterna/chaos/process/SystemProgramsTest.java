package aeterna.chaos.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import aeterna.chaos.model.Problem;
import aeterna.chaos.time.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemProgramsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Programs programs = new SystemPrograms("/usr/bin:/bin");

    @TempDir
    private Path folder;

    @Test
    void bothStreamsAreReadLineByLine() {
        var lines = new ArrayList<String>();
        int exitCode = programs.run(Invocation.of("sh", "-c", "echo out; echo err >&2; exit 3"), lines::add);
        assertThat(exitCode).isEqualTo(3);
        assertThat(lines).containsExactly("out", "err");
    }

    @Test
    void bothStreamsAreKeptApart() {
        var output = programs.capture(Invocation.of("sh", "-c", "echo out; echo err >&2; pwd; echo $GREETING")
                .in(folder)
                .with("GREETING", "hello"));
        assertThat(output.out()).isEqualTo("out\n" + folder + "\nhello");
        assertThat(output.err()).isEqualTo("err");
        assertThat(output.ok()).isTrue();
    }

    @Test
    void aProgramThatIsNotThereIsAProblem() {
        assertThat(catchThrowable(() -> programs.capture(Invocation.of("no-such-program"))))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("no-such-program");
        assertThat(programs.find("no-such-program")).isEmpty();
        assertThat(programs.find("sh")).isPresent();
    }

    @Test
    void patienceEndsWithTheProgram() {
        Path pid = folder.resolve("pid");
        assertThat(catchThrowable(() -> programs.capture(Invocation.of("sh", "-c", "echo $$ >" + pid + "; sleep 600")
                        .atMost(Duration.ofMillis(500)))))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("has not ended within 0.5 s");
        assertThat(gone(pid)).isTrue();
    }

    @Test
    void anInterruptEndsTheProgramAndItsChildren() throws InterruptedException {
        Path parent = folder.resolve("parent");
        Path child = folder.resolve("child");
        var thrown = new AtomicReference<Throwable>();
        var thread = new Thread(() -> thrown.set(catchThrowable(() -> programs.run(
                Invocation.of("sh", "-c", "sleep 600 & echo $! >" + child + "; echo $$ >" + parent + "; wait"),
                line -> {}))));
        thread.start();
        assertThat(Waiting.atMost(PATIENCE).untilTrue(() -> Files.exists(parent) && Files.size(parent) > 0))
                .isTrue();
        thread.interrupt();
        thread.join(PATIENCE.toMillis());
        assertThat(thrown.get()).isInstanceOf(CancellationException.class);
        assertThat(gone(parent)).isTrue();
        assertThat(gone(child)).isTrue();
    }

    private static boolean gone(Path pid) {
        return Waiting.atMost(PATIENCE)
                .untilTrue(() -> ProcessHandle.of(
                                Long.parseLong(Files.readString(pid).strip()))
                        .filter(ProcessHandle::isAlive)
                        .isEmpty());
    }
}
