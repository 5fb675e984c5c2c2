package aeterna.chaos.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.model.Op;
import aeterna.chaos.model.Op.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpalEntranceTest {
    /** Longer than anything takes on a machine that has much else to do. */
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final FakeOpal one = new FakeOpal();
    private final FakeOpal other = new FakeOpal();
    private final OpalEntrance entrance = new OpalEntrance("opal", one.port(), List.of(one.port(), other.port()));

    OpalEntranceTest() {
        FakeOpal.join(one, other);
    }

    @AfterEach
    void stop() {
        one.close();
        other.close();
    }

    /** A client that a slow machine makes come back all the same must not learn by that. */
    private void partForGood() {
        FakeOpal.part(one, other);
        one.everything = 503;
        other.everything = 503;
    }

    @Test
    void anUpdateIsKnownToTheClientsOfBothServers() throws Exception {
        try (var session = entrance.open(Op.Connection.REUSED)) {
            assertThat(session.read(DEADLINE).outcome()).isEqualTo(Outcome.OK);
            assertThat(session.write("w-0", DEADLINE)).isEqualTo(Reply.ok("", 0));
            assertThat(session.read(DEADLINE).outcome()).isEqualTo(Outcome.OK);

            assertThat(entrance.kept("w-")).containsOnlyKeys("w-0").containsValue(1);
        }
    }

    @Test
    void deafHalvesAcknowledgeAndDoNotDeliver() throws Exception {
        try (var session = entrance.open(Op.Connection.NEW)) {
            partForGood();

            assertThat(session.write("w-0", DEADLINE).outcome()).isEqualTo(Outcome.OK);
            var read = session.read(DEADLINE);
            assertThat(read.outcome()).isEqualTo(Outcome.FAIL);
            assertThat(read.error()).isEqualTo("published, and not known to the client opal 1");
            assertThat(entrance.kept("w-")).isEmpty();
        }
    }

    @Test
    void whoComesBackFetchesWhatHeMissed() throws Exception {
        try (var session = entrance.open(Op.Connection.NEW)) {
            partForGood();
            session.write("w-0", DEADLINE);
            assertThat(entrance.kept("w-")).isEmpty();

            one.everything = 200;
            other.everything = 200;
            other.cutOff();

            // As soon as the client is back, it knows everything.
            var attempts = 50;
            while (entrance.kept("w-").isEmpty() && attempts-- > 0) {
                session.read(DEADLINE);
            }
            assertThat(entrance.kept("w-")).containsOnlyKeys("w-0");
        }
    }

    @Test
    void aClientWhoseServerIsAwayIsServedByAnotherOne() throws Exception {
        other.close();
        try (var session = entrance.open(Op.Connection.NEW)) {
            assertThat(session.read(DEADLINE).outcome()).isEqualTo(Outcome.OK);
        }
        assertThat(one.subscriptions()).isEqualTo(2);
    }

    @Test
    void anUpdateThatIsRepeatedIsThereTwice() throws Exception {
        other.repeats = true;
        try (var session = entrance.open(Op.Connection.NEW)) {
            session.write("w-0", DEADLINE);
            session.read(DEADLINE);

            assertThat(entrance.kept("w-")).containsEntry("w-0", 2);
        }
    }

    @Test
    void aRefusedUpdateIsNotThere() throws Exception {
        try (var session = entrance.open(Op.Connection.NEW)) {
            one.answer = 422;
            assertThat(session.write("w-0", DEADLINE).outcome()).isEqualTo(Outcome.FAIL);
            one.answer = 500;
            assertThat(session.write("w-1", DEADLINE).outcome()).isEqualTo(Outcome.UNKNOWN);
            one.answer = 200;
            session.read(DEADLINE);

            assertThat(entrance.kept("w-")).doesNotContainKey("w-0");
        }
    }

    @Test
    void nobodyCanWorkWhereNoClientCanListen() {
        one.close();
        other.close();

        assertThatThrownBy(() -> entrance.open(Op.Connection.NEW))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("could not subscribe");
        assertThat(entrance.ask().outcome()).isEqualTo(Outcome.FAIL);
    }

    @Test
    void looksFromOneServerToAnother() {
        assertThat(entrance.across(0, 1).outcome()).isEqualTo(Outcome.OK);
        assertThat(entrance.across(1, 0).outcome()).isEqualTo(Outcome.OK);

        FakeOpal.part(one, other);
        assertThat(entrance.across(0, 1).error())
                .isEqualTo("what server 0 publishes does not reach a client of server 1");

        other.close();
        assertThat(entrance.across(0, 1).error()).contains("could not subscribe");
    }

    @Test
    void theFirstUpdatesMayPassByAServerThatJustBeganToListen() {
        other.deafTo.set(2);

        assertThat(entrance.across(0, 1).outcome()).isEqualTo(Outcome.OK);
    }
}
