package aeterna.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.fakes.FakeService;
import aeterna.chaos.fakes.Histories;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Expectation;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Outage;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Undo;
import aeterna.chaos.model.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFileTest {
    @TempDir
    Path folder;

    /** One of every kind of entry. */
    private static History everything() {
        var seconds = Duration.ofSeconds(30);
        return new Histories()
                .client(FakeService.client("write", Duration.ofMillis(100)))
                .ok(0, 2)
                .fail(2, 3)
                .acknowledged(4, 400, 410, "postgres-1", 1)
                .looked(1_000, false)
                .readBack("primary", true, Map.of("write-0", 1))
                .pod(5, "aeterna/postgres-1", "uid", 2, "StatefulSet/postgres", true, false)
                .add(new Entry.FloorComputed(1, new Floor(List.of(new Floor.Part("lease", seconds)))))
                .add(new Entry.Injecting(
                        2,
                        new Injected(
                                Hit.of(List.of("a/b"), List.of("n"), List.of("z")),
                                List.of(new Undo.Thaw(new TreeSet<>(Set.of("n")))))))
                .add(new Entry.InjectionDone(3))
                .add(new Entry.Sighted(3, 4, new Sighting(Sighting.Seen.LANDED, "uid changed – \"ü\"\n")))
                .add(new Entry.Served(5))
                .add(new Entry.Healed(6))
                .add(new Entry.Redundant(7))
                .add(new Entry.Observed(8, "event", "aeterna/postgres-1", "Killing"))
                .add(new Entry.RouteSeen(8, "postgres-rw", List.of("postgres-2")))
                .add(new Entry.LockSeen(8, "postgres-rw", "postgres-2", seconds))
                .add(new Entry.Trouble(9, "logs", "gone"))
                .add(new Entry.Voided(10, "nothing"))
                .add(new Entry.PhaseBegan(11, Phase.JUDGE))
                .add(new Finding(
                        "served again within 30 s",
                        Verdict.HELD,
                        Optional.of(seconds),
                        Optional.of(Duration.ofMillis(47_300)),
                        Duration.ofMillis(20),
                        "because",
                        List.of(new Outage("write", 1, 2, seconds, seconds, false, true))))
                .add(new Entry.Judged(12, Verdict.HELD, "every promise was kept"))
                .history();
    }

    private Path write(History... histories) {
        var file = folder.resolve("history.jsonl");
        try (var historyFile = HistoryFile.open(file)) {
            for (var history : histories) {
                var recording = historyFile.begin(history.began());
                history.entries().stream().skip(1).forEach(recording::record);
                recording.save();
                recording.close();
                assertThat(recording.failure()).isEmpty();
            }
        }
        return file;
    }

    @Test
    void everyKindOfEntryRoundTrips() {
        var history = everything();
        var kinds = new TreeSet<String>();
        collect(Entry.class, kinds);
        assertThat(history.entries().stream().map(entry -> entry.getClass().getSimpleName()))
                .containsAll(kinds);
        assertThat(HistoryFile.read(write(history))).containsExactly(history);
    }

    private static void collect(Class<?> type, Set<String> into) {
        for (var permitted : type.getPermittedSubclasses()) {
            if (permitted.isSealed()) {
                collect(permitted, into);
            } else {
                into.add(permitted.getSimpleName());
            }
        }
    }

    @Test
    void aRunHoldsManyScenarios() {
        var other = new History(List.of(Histories.began("Other.one", Expectation.held()), new Entry.Served(1)));
        assertThat(HistoryFile.read(write(everything(), other))).containsExactly(everything(), other);
    }

    @Test
    void tornAtEveryByteItKeepsWhatWasCompletelyWritten() throws IOException {
        var history = everything();
        var file = write(history);
        var whole = Files.readAllBytes(file);
        for (var length = 0; length <= whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            var complete = (int) new String(whole, 0, length, StandardCharsets.ISO_8859_1)
                    .chars()
                    .filter(character -> character == '\n')
                    .count();
            var expected = complete == 0
                    ? List.<History>of()
                    : List.of(new History(history.entries().subList(0, complete)));
            assertThat(HistoryFile.read(file)).as("torn at byte %d", length).isEqualTo(expected);
        }
    }

    @Test
    void aTornHistoryIsContinuedBehindItsLastWholeLine() throws IOException {
        var file = write(everything());
        var whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 5));
        var next = new History(List.of(Histories.began("Other.one", Expectation.held())));
        write(next);
        var expected = new ArrayList<>(everything().entries());
        expected.remove(expected.size() - 1);
        assertThat(HistoryFile.read(file)).containsExactly(new History(expected), next);
        assertThat(HistoryFile.read(file).get(0).judged().verdict()).isEqualTo(Verdict.VOID);
    }

    @Test
    void aCorruptLineIsNamed() throws IOException {
        var file = write(everything());
        var lines = new ArrayList<>(Files.readAllLines(file));
        lines.set(3, lines.get(3).substring(7));
        Files.write(file, lines);
        assertThatThrownBy(() -> HistoryFile.read(file))
                .isInstanceOf(Problem.class)
                .hasMessageStartingWith(file + ":4: no record of ours");
    }

    @Test
    void aFileWithoutItsHeadIsRefused() throws IOException {
        var file = write(everything());
        var lines = Files.readAllLines(file);
        Files.write(file, lines.subList(1, lines.size()));
        assertThatThrownBy(() -> HistoryFile.read(file)).hasMessageContaining("does not begin with the beginning");
        assertThatThrownBy(() -> HistoryFile.read(folder.resolve("none"))).hasMessageStartingWith("cannot read ");
    }

    @Test
    void nothingIsRecordedAfterTheEnd() {
        var file = folder.resolve("history.jsonl");
        try (var histories = HistoryFile.open(file)) {
            var recording = histories.begin(Histories.began());
            recording.close();
            recording.record(new Entry.Served(1));
            assertThat(recording.history().entries()).hasSize(1);
        }
        assertThat(HistoryFile.read(file).get(0).entries()).hasSize(1);
    }

    @Test
    void whatCannotBeWrittenIsKeptInMindAndInMemory() {
        var histories = HistoryFile.open(folder.resolve("history.jsonl"));
        var recording = histories.begin(Histories.began());
        histories.close();
        recording.record(new Entry.Served(1));
        assertThat(recording.failure()).isPresent();
        assertThat(recording.history().entries()).hasSize(2);
    }
}
