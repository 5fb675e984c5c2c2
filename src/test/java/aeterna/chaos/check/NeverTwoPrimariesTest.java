package aeterna.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.FakeService;
import aeterna.chaos.fakes.Histories;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NeverTwoPrimariesTest {
    private final Histories histories = new Histories()
            .client(FakeService.client("write", Duration.ofMillis(100)))
            .act(1_000);

    private Finding judge() {
        return Promises.neverTwoPrimaries().judge(histories.history());
    }

    @Test
    void acceptsOneAfterTheOther() {
        histories.acknowledged(1, 500, 510, "pg-1", 1).acknowledged(2, 990, 1_000, "pg-1", 1);
        histories.acknowledged(3, 9_000, 9_010, "pg-2", 2).acknowledged(4, 9_100, 9_110, "pg-2", 2);
        assertThat(judge().verdict()).isEqualTo(Verdict.HELD);
        assertThat(judge().because()).isEqualTo("one after the other: pg-1 (timeline 1), pg-2 (timeline 2)");
    }

    @Test
    void acceptsAnAcknowledgementThatWasLongOnItsWay() {
        // Sent before the new primary's first acknowledgement came, so nothing proves that it was taken after it.
        histories.acknowledged(1, 500, 510, "pg-1", 1).acknowledged(2, 8_000, 9_900, "pg-1", 1);
        histories.acknowledged(3, 9_000, 9_010, "pg-2", 2);
        assertThat(judge().verdict()).isEqualTo(Verdict.HELD);
    }

    @Test
    void acceptsThatAPrimaryComesBackOnALaterTimeline() {
        histories.acknowledged(1, 500, 510, "pg-1", 1).acknowledged(2, 2_000, 2_010, "pg-2", 2);
        histories.acknowledged(3, 4_000, 4_010, "pg-1", 3);
        assertThat(judge().verdict()).isEqualTo(Verdict.HELD);
    }

    @Test
    void rejectsAnOldPrimaryThatGoesOn() {
        histories.acknowledged(1, 500, 510, "pg-1", 1).acknowledged(2, 9_000, 9_010, "pg-2", 2);
        histories.acknowledged(3, 9_510, 9_520, "pg-1", 1);
        var finding = judge();
        assertThat(finding.verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(finding.measured()).contains(Duration.ofMillis(500));
        assertThat(finding.because())
                .isEqualTo("pg-1 (timeline 1) and pg-2 (timeline 2) both acknowledged writes for 0.5 s at least");
    }

    @Test
    void rejectsAnOldPrimaryThatIsHeardOfOnlyLater() {
        histories.acknowledged(1, 2_000, 2_010, "pg-2", 2).acknowledged(2, 3_000, 3_010, "pg-1", 1);
        assertThat(judge().verdict()).isEqualTo(Verdict.BROKEN);
    }

    @Test
    void rejectsTwoInstancesThatTakeTurnsOnOneTimeline() {
        histories.acknowledged(1, 2_000, 2_010, "pg-1", 2).acknowledged(2, 2_100, 2_110, "pg-3", 2);
        histories.acknowledged(3, 2_200, 2_210, "pg-1", 2).acknowledged(4, 2_300, 2_310, "pg-3", 2);
        assertThat(judge().verdict()).isEqualTo(Verdict.BROKEN);
    }

    @Test
    void acknowledgementsThatDoNotSayWhoProveNothing() {
        histories.ok(0, 50);
        assertThat(judge().verdict()).isEqualTo(Verdict.VOID);
    }

    @Test
    void acknowledgementsBeforeTheActAloneProveNothing() {
        histories.acknowledged(1, 500, 510, "pg-1", 1);
        assertThat(judge().verdict()).isEqualTo(Verdict.VOID);
    }
}
