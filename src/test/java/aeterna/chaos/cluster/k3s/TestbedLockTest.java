package aeterna.chaos.cluster.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.cluster.Provider.Purpose;
import aeterna.chaos.model.Problem;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestbedLockTest {
    @TempDir
    private Path folder;

    @Test
    void oneAtATimeAndAgainAfterwards() {
        try (var first = TestbedLock.take(folder, "t", Purpose.WORK)) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> TestbedLock.take(folder, "t", Purpose.WORK))
                    .isInstanceOf(Problem.class)
                    .hasMessage("another run is using the testbed t (process "
                            + ProcessHandle.current().pid() + ")");
            TestbedLock.take(folder, "other", Purpose.WORK).close();
        }
        TestbedLock.take(folder, "t", Purpose.WORK).close();
    }

    @Test
    void whoOnlyUndoesIsWaitedFor() throws Exception {
        var undoing = TestbedLock.take(folder, "t", Purpose.UNDO);
        assertThat(folder.resolve("t.lock")).hasContent(ProcessHandle.current().pid() + " undoing");
        var waiting = CompletableFuture.supplyAsync(() -> TestbedLock.take(folder, "t", Purpose.WORK));
        assertThatThrownBy(() -> waiting.get(500, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        undoing.close();
        waiting.get(20, TimeUnit.SECONDS).close();
    }
}
