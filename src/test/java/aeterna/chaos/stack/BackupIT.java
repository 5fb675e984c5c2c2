package aeterna.chaos.stack;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.client.Session;
import aeterna.chaos.junit.OnTestbed;
import aeterna.chaos.model.Op;
import aeterna.chaos.time.Clock;
import java.time.Duration;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A time between two acknowledged writes is restored from the object store: what was written before it is there, and nothing else. */
@OnTestbed
class BackupIT {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int WRITES = 20;

    private final Clock clock = Clock.system();

    @Test
    void aPointInTimeHasExactlyWhatWasWrittenBeforeIt(Stack stack) throws Exception {
        var run = "backup-" + clock.wallTime().toEpochMilli() + "-";
        try (var client = stack.pooler().open(Op.Connection.REUSED)) {
            write(client, run + "before-");
            var between = clock.wallTime();
            write(client, run + "after-");
            stack.backup().archiveNow();

            try (var restored = stack.backup().restoreTo(between)) {
                var expected = new TreeMap<String, Integer>();
                for (var i = 0; i < WRITES; i++) {
                    expected.put(run + "before-" + i, 1);
                }
                assertThat(restored.kept(run)).isEqualTo(expected);
                assertThat(restored.ask("select pg_is_in_recovery()").strip()).isEqualTo("f");
            }
        }
        assertThat(stack.pooler().kept(run))
                .as("the cluster itself is untouched")
                .hasSize(2 * WRITES);
    }

    private static void write(Session client, String prefix) {
        for (var i = 0; i < WRITES; i++) {
            assertThat(client.write(prefix + i, DEADLINE).outcome()).isEqualTo(Op.Outcome.OK);
        }
    }
}
