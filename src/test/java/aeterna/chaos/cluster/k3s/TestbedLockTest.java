package aeterna.chaos.cluster.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.model.Problem;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestbedLockTest {
    @TempDir
    private Path folder;

    @Test
    void oneAtATimeAndAgainAfterwards() {
        try (var first = TestbedLock.take(folder, "t")) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> TestbedLock.take(folder, "t"))
                    .isInstanceOf(Problem.class)
                    .hasMessage("another run is using the testbed t (process "
                            + ProcessHandle.current().pid() + ")");
            TestbedLock.take(folder, "other").close();
        }
        TestbedLock.take(folder, "t").close();
    }
}
