package aeterna.chaos.bench;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.client.HttpEntrance;
import aeterna.chaos.client.Session;
import aeterna.chaos.model.Op.Connection;
import aeterna.chaos.model.Op.Outcome;
import aeterna.chaos.time.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OutageServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private ExecutorService threads;
    private OutageServer server;

    @BeforeEach
    void start() {
        threads = Executors.newCachedThreadPool();
        server = Ports.open(1, port -> new OutageServer(port, Clock.system(), threads))
                .get(0);
    }

    @AfterEach
    void end() throws IOException {
        server.close();
        threads.shutdownNow();
    }

    private Session session(Connection connection) {
        return new HttpEntrance("api", "http://127.0.0.1:" + server.port()).open(connection);
    }

    @ParameterizedTest
    @EnumSource
    void itAnswersAsTheApiDoes(Connection connection) {
        try (var session = session(connection)) {
            for (var number = 0; number < 3; number++) {
                var reply = session.write("some-client-" + number, PATIENCE);
                assertThat(reply.outcome()).as(reply.error()).isEqualTo(Outcome.OK);
                assertThat(reply.instance()).isEqualTo("aeterna-postgres-1");
                assertThat(reply.timeline()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void downItAnswersNothingAndKeepsItsOwnRecord(Darkness darkness) throws IOException {
        try (var one = session(Connection.NEW);
                var two = session(Connection.REUSED)) {
            one.write("one-1", PATIENCE);
            two.write("two-1", PATIENCE);
            server.down(darkness);
            assertThat(server.everybodyIsBack()).isFalse();
            var impatience = Duration.ofMillis(200);
            assertThat(one.write("one-2", impatience).outcome())
                    .isEqualTo(darkness == Darkness.REFUSING ? Outcome.FAIL : Outcome.UNKNOWN);
            assertThat(two.write("two-2", impatience).outcome()).isNotEqualTo(Outcome.OK);
            server.up();
            assertThat(one.write("one-3", PATIENCE).outcome()).isEqualTo(Outcome.OK);
            assertThat(server.everybodyIsBack()).isFalse();
            assertThat(two.write("two-3", PATIENCE).outcome()).isEqualTo(Outcome.OK);
            assertThat(server.everybodyIsBack()).isTrue();
        }
        var truth = server.truth();
        assertThat(truth.gaps()).extracting(Truth.Gap::lastKey).containsExactlyInAnyOrder("one-1", "two-1");
        assertThat(truth.gaps()).extracting(Truth.Gap::firstKey).containsExactlyInAnyOrder("one-3", "two-3");
        assertThat(truth.gaps())
                .allMatch(gap -> gap.last() <= truth.stopped() && gap.first() >= truth.resumed())
                .allMatch(gap -> gap.length().compareTo(truth.downtime()) >= 0);
    }
}
