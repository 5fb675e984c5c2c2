package aeterna.chaos.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatcherLogTest {
    @TempDir
    private Path folder;

    @Test
    void whatItSaysIsToldOnce() throws IOException {
        var log = new WatcherLog(folder.resolve("t.watcher.log"));
        assertThat(log.lines()).isEmpty();
        assertThat(log.putAside()).isEmpty();
        Files.writeString(log.file(), "undone: one\nundone: two\n");
        assertThat(log.lines()).containsExactly("undone: one", "undone: two");
        assertThat(log.putAside()).containsExactly("undone: one", "undone: two");
        assertThat(log.lines()).isEmpty();
        assertThat(folder.resolve("t.watcher.log.told")).content().startsWith("undone: one");
    }
}
