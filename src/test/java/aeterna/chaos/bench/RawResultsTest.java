package aeterna.chaos.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawResultsTest {
    private static final Instant EARLIER = Instant.parse("2026-01-01T10:00:00Z");
    private static final Instant LATER = Instant.parse("2026-01-02T09:00:00Z");

    @TempDir
    private Path folder;

    @Test
    void theLatestFileIsContinued() {
        RawResults.create(folder, "probe", EARLIER).add(Map.of("n", 1));
        RawResults.create(folder, "probe", LATER).add(Map.of("n", 2));
        RawResults.create(folder, "up", LATER).add(Map.of("n", 3));
        var resumed = RawResults.resume(folder, "probe", Instant.parse("2026-01-03T00:00:00Z"));
        assertThat(resumed.rounds()).hasToString("[{n=2}]");
        resumed.add(Map.of("n", 4));
        assertThat(resumed.rounds()).hasToString("[{n=2}, {n=4}]");
        assertThat(resumed.file().getFileName()).hasToString("probe-2026-01-02T090000Z.jsonl");
    }

    @Test
    void withoutAnEarlierFileANewOneIsBegun() {
        var resumed = RawResults.resume(folder.resolve("bench"), "probe", EARLIER);
        assertThat(resumed.rounds()).isEmpty();
        resumed.add(Map.of("n", 1));
        assertThat(resumed.rounds()).hasSize(1);
    }

    @Test
    void whatAKilledWriterLeftHalfWrittenIsCutOff() throws IOException {
        var raw = RawResults.create(folder, "probe", EARLIER);
        raw.add(Map.of("n", 1));
        Files.writeString(raw.file(), "{\"n\":", StandardOpenOption.APPEND);
        var resumed = RawResults.resume(folder, "probe", LATER);
        assertThat(resumed.rounds()).hasToString("[{n=1}]");
        resumed.add(Map.of("n", 2));
        assertThat(resumed.rounds()).hasToString("[{n=1}, {n=2}]");
    }

    @Test
    void aDamagedFileSaysWhere() throws IOException {
        var raw = RawResults.create(folder, "probe", EARLIER);
        raw.add(Map.of("n", 1));
        Files.writeString(raw.file(), "no JSON\n", StandardOpenOption.APPEND);
        assertThatThrownBy(() -> RawResults.resume(folder, "probe", LATER).rounds())
                .isInstanceOf(Problem.class)
                .hasMessageContaining("line 2");
    }
}
