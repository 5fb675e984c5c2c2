package aeterna.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.client.Reply;
import aeterna.chaos.client.RestoredCopy;
import aeterna.chaos.client.Session;
import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class RestoredWritesTest {
    private final FakeTime time = new FakeTime();
    private final List<Entry> entries = new ArrayList<>();
    private final List<Instant> restoredTo = new ArrayList<>();
    private int closed;

    /** Takes every write. */
    private static final Entrance STORE = new Entrance() {
        @Override
        public Session open(Op.Connection connection) {
            return new Session() {
                @Override
                public Reply write(String key, Duration within) {
                    return Reply.ok("pg-1", 1);
                }

                @Override
                public Reply read(Duration within) {
                    return Reply.ok("pg-1", 1);
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public Map<String, Integer> kept(String prefix) {
            throw new AssertionError("what is there now says nothing of what was restored");
        }

        @Override
        public Reply ask() {
            return Reply.ok("pg-1", 1);
        }

        @Override
        public String toString() {
            return "store";
        }
    };

    private RestoredCopy copy(Instant point) {
        restoredTo.add(point);
        return new RestoredCopy() {
            @Override
            public Map<String, Integer> kept(String prefix) {
                return Map.of(prefix + "0", 1);
            }

            @Override
            public void close() {
                closed++;
            }
        };
    }

    private List<Entry.ReadBack> readBack(Function<Instant, RestoredCopy> restore) throws Exception {
        var running =
                RestoredWrites.through(STORE, Duration.ofSeconds(3), restore).start(time, entries::add);
        time.pass(Duration.ofSeconds(5));
        running.stop();
        var read = running.readBack();
        running.close();
        return read;
    }

    @Test
    void isRestoredOnceToThePointThatWasSaidAtTheBeginning() throws Exception {
        var read = readBack(point -> {
            time.pass(Duration.ofSeconds(1));
            return copy(point);
        });
        var point = entries.stream()
                .filter(Entry.Observed.class::isInstance)
                .map(Entry.Observed.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(point.source()).isEqualTo("restore point");
        assertThat(point.at()).isEqualTo(Duration.ofSeconds(3).toNanos());
        assertThat(restoredTo).containsExactly(Instant.parse("2026-01-01T00:00:03Z"));
        assertThat(read).hasSize(2).allSatisfy(one -> {
            assertThat(one.instance()).startsWith("restored as of 2026-01-01T00:00:03Z");
            assertThat(one.authoritative()).isFalse();
            assertThat(one.copies()).hasSize(1);
        });
        assertThat(closed).isEqualTo(1);
    }

    @Test
    void ofARestoreThatFailedNothingIsThere() throws Exception {
        var read = readBack(point -> {
            throw new Problem("the archive has a gap", "Take a backup.");
        });
        assertThat(read).hasSize(2).allSatisfy(one -> assertThat(one.copies()).isEmpty());
        assertThat(entries)
                .filteredOn(Entry.Trouble.class::isInstance)
                .anySatisfy(trouble -> assertThat(trouble.toString()).contains("the archive has a gap"));
    }
}
