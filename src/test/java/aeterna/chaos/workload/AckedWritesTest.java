package aeterna.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.client.Reply;
import aeterna.chaos.client.Session;
import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AckedWritesTest {
    private final FakeTime time = new FakeTime();
    private final List<Entry> entries = new ArrayList<>();
    private final Store store = new Store();

    /** Keeps everything, and says so. */
    private static final class Store implements Entrance, Session {
        final Map<String, Integer> keys = new TreeMap<>();
        boolean shut;

        @Override
        public Session open(Op.Connection connection) throws Exception {
            if (shut) {
                throw new Exception("connection refused");
            }
            return this;
        }

        @Override
        public Map<String, Integer> kept(String prefix) {
            return keys.entrySet().stream()
                    .filter(key -> key.getKey().startsWith(prefix))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        }

        @Override
        public Reply ask() {
            return Reply.ok("one", 1);
        }

        @Override
        public Reply write(String key, Duration within) {
            keys.merge(key, 1, Integer::sum);
            return Reply.ok("one", 1);
        }

        @Override
        public Reply read(Duration within) {
            return ask();
        }

        @Override
        public void close() {}

        @Override
        public String toString() {
            return "store";
        }
    }

    private List<Op> ops() {
        return entries.stream().filter(Op.class::isInstance).map(Op.class::cast).toList();
    }

    @Test
    void bothClientsWriteKeysOfTheirOwnAndReadThemBack() throws Exception {
        try (var running = AckedWrites.through(store).start(time, entries::add)) {
            time.pass(Duration.ofSeconds(1));
            running.stop();
            time.pass(Duration.ofSeconds(3));

            assertThat(running.idle()).isTrue();
            assertThat(running.readBack()).hasSize(2).allSatisfy(read -> {
                assertThat(read.authoritative()).isTrue();
                assertThat(read.copies().keySet())
                        .isEqualTo(ops().stream()
                                .filter(op -> op.client().equals(read.client()))
                                .map(Op::key)
                                .collect(Collectors.toSet()));
            });
        }
        assertThat(ops()).hasSizeBetween(30, 33).allSatisfy(op -> {
            assertThat(op.acknowledged()).isTrue();
            assertThat(op.instance()).isEqualTo("one");
        });
        assertThat(ops().stream().map(Op::client).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("store write new", "store write reused");
    }

    @Test
    void readsWriteNothingAndReadNothingBack() throws Exception {
        try (var running = Reads.through(store).start(time, entries::add)) {
            time.pass(Duration.ofSeconds(1));
            running.stop();

            assertThat(running.readBack()).isEmpty();
        }
        assertThat(store.keys).isEmpty();
        assertThat(ops()).isNotEmpty().allMatch(op -> op.kind() == Op.Kind.READ && op.ok());
    }

    @Test
    void anEntranceThatIsShutFromTheStartIsNamed() {
        store.shut = true;

        assertThatThrownBy(() -> AckedWrites.through(store).start(time, entries::add))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("through the store: connection refused");
    }
}
