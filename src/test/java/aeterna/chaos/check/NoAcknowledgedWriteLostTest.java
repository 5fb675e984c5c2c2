package aeterna.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.FakeService;
import aeterna.chaos.fakes.Histories;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.Ledger;
import aeterna.chaos.model.Op.Outcome;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NoAcknowledgedWriteLostTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Histories histories = new Histories().client(FakeService.client("w", Duration.ofMillis(100)));

    private Finding judge() {
        return Promises.noAcknowledgedWriteLost().judge(histories.history());
    }

    @Test
    void acceptsThatEverythingAcknowledgedIsThere() {
        histories.ok(0, 2).ops(2, 4, Outcome.UNKNOWN, SECOND).fail(4, 5).ops(5, 6, Outcome.SHED, Duration.ZERO);
        histories.readBack("primary", true, Map.of("w-0", 1, "w-1", 1, "w-2", 1));
        assertThat(judge().verdict()).isEqualTo(Verdict.HELD);
        assertThat(judge().because()).isEqualTo("all 2 acknowledged writes are there");
        var ledger = Ledger.of(histories.history());
        assertThat(ledger.acknowledged()).containsExactly("w-0", "w-1");
        assertThat(ledger.unknown()).containsExactly("w-2", "w-3");
        assertThat(ledger.lost()).isEmpty();
        assertThat(ledger.duplicated()).isEmpty();
        assertThat(ledger.stale()).isEmpty();
        assertThat(ledger.resurrected()).isEmpty();
    }

    @Test
    void rejectsALostOneAndListsIt() {
        histories.ok(0, 3).readBack("primary", true, Map.of("w-0", 1, "w-2", 1));
        assertThat(judge().verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(judge().because()).isEqualTo("1 of 3 acknowledged writes are lost: w-1");
    }

    @Test
    void aLostOneIsLostEvenIfAReplicaStillHasIt() {
        histories.ok(0, 1).readBack("primary", true, Map.of()).readBack("replica", false, Map.of("w-0", 1));
        assertThat(judge().verdict()).isEqualTo(Verdict.BROKEN);
    }

    @Test
    void listsTenAtMost() {
        histories.ok(0, 30).readBack("primary", true, Map.of());
        assertThat(judge().because()).contains("30 of 30").endsWith("and 20 more");
    }

    @Test
    void tellsDuplicatedStaleAndResurrectedApart() {
        histories.ok(0, 2).fail(2, 3);
        histories.readBack("primary", true, Map.of("w-0", 2, "w-1", 1, "w-2", 1));
        histories.readBack("replica", false, Map.of("w-0", 2));
        var ledger = Ledger.of(histories.history());
        assertThat(ledger.duplicated()).containsExactly("w-0");
        assertThat(ledger.stale()).containsExactly("w-1");
        assertThat(ledger.resurrected()).containsExactly("w-2");
        assertThat(judge().verdict()).isEqualTo(Verdict.HELD);
    }

    @Test
    void oneClientsReadBackDoesNotSpeakForAnother() {
        histories.ok(0, 1).readBack("primary", true, Map.of("w-0", 1));
        histories.client(FakeService.client("v", Duration.ofMillis(100))).ok(0, 1);
        assertThat(judge().verdict()).isEqualTo(Verdict.VOID);
        assertThat(judge().because()).isEqualTo("never read back: the writes of v");
    }

    @Test
    void noAcknowledgementProvesNothing() {
        histories.fail(0, 3).readBack("primary", true, Map.of());
        assertThat(judge().verdict()).isEqualTo(Verdict.VOID);
    }

    @Test
    void anUnknownWriteIsNeitherLostNorKept() {
        histories.ok(0, 1).ops(1, 2, Outcome.UNKNOWN, SECOND).readBack("primary", true, Map.of("w-0", 1));
        assertThat(judge().verdict()).isEqualTo(Verdict.HELD);
    }
}
