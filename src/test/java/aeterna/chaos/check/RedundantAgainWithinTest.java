package aeterna.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.Histories;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RedundantAgainWithinTest {
    private final Histories histories = new Histories().looked(500, true).act(1_000);

    private Finding judge() {
        return Promises.redundantAgainWithin(Duration.ofSeconds(10)).judge(histories.history());
    }

    private Histories healed(long millis) {
        return histories.add(new Entry.Healed(millis * 1_000_000));
    }

    @Test
    void acceptsWholeInTimeMeasuredBetweenTwoLooks() {
        histories.looked(8_000, false).looked(8_500, true).looked(9_000, true);
        assertThat(judge().verdict()).isEqualTo(Verdict.HELD);
        assertThat(judge().measured()).contains(Duration.ofMillis(7_255));
        assertThat(judge().error()).isEqualTo(Duration.ofMillis(255));
    }

    @Test
    void countsFromHealingWhenThereWasSomethingToHeal() {
        healed(30_000).looked(38_000, false).looked(38_500, true);
        assertThat(judge().verdict()).isEqualTo(Verdict.HELD);
        assertThat(judge().measured().orElseThrow()).isLessThan(Duration.ofSeconds(9));
    }

    @Test
    void rejectsWholeTooLate() {
        healed(30_000).looked(44_000, false).looked(44_500, true);
        assertThat(judge().verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(judge().because()).startsWith("whole again after 14.3 s (±0.255 s), promised 10 s");
    }

    @Test
    void rejectsARelapse() {
        healed(30_000).looked(31_000, true).looked(36_000, false).looked(46_000, true);
        assertThat(judge().verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(judge().because()).endsWith("having relapsed: standbys: 1 of 2");
    }

    @Test
    void rejectsARelapseAfterAnAct() {
        histories
                .looked(1_100, true)
                .looked(2_000, false)
                .looked(5_000, true)
                .looked(9_000, false)
                .looked(14_000, true);
        assertThat(judge().verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(judge().because()).endsWith("having relapsed: standbys: 1 of 2");
    }

    @Test
    void damageThatNobodyKnewOfAtFirstIsNoRelapse() {
        histories
                .looked(1_020, true)
                .looked(1_300, true)
                .looked(1_600, false)
                .looked(5_000, false)
                .looked(5_250, true);
        assertThat(judge().verdict()).isEqualTo(Verdict.HELD);
        assertThat(judge().because()).isEqualTo("whole again after 4.13 s (±0.13 s), promised 10 s");
    }

    @Test
    void whatWasWholeBeforeHealingWasNeverNotWhole() {
        histories.looked(2_000, false).looked(20_000, true);
        healed(30_000).looked(30_100, true);
        assertThat(judge().verdict()).isEqualTo(Verdict.HELD);
        assertThat(judge().measured()).contains(Duration.ZERO);
        assertThat(judge().error()).isEqualTo(Duration.ZERO);
    }

    @Test
    void whatWasNeverSeenDamagedIsKnownToTheLongestTimeBetweenTwoLooks() {
        histories.looked(1_050, true).looked(1_300, true).looked(2_300, true);
        assertThat(judge().verdict()).isEqualTo(Verdict.HELD);
        assertThat(judge().measured()).contains(Duration.ZERO);
        assertThat(judge().error()).isEqualTo(Duration.ofMillis(1_010));
    }

    @Test
    void looksFurtherApartThanTheLimitProveNothing() {
        histories.looked(1_050, true).looked(13_000, true);
        assertThat(judge().verdict()).isEqualTo(Verdict.VOID);
    }

    @Test
    void aLookBeforeHealingProvesNothingAboutAfterIt() {
        histories.looked(2_000, true);
        healed(30_000);
        assertThat(judge().verdict()).isEqualTo(Verdict.VOID);
    }

    @Test
    void rejectsNever() {
        healed(30_000).looked(31_000, false).looked(60_000, false);
        assertThat(judge().verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(judge().because()).contains("standbys: 1 of 2");
    }

    @Test
    void stoppingToLookBeforeTheLimitProvesNothing() {
        healed(30_000).looked(31_000, false).looked(35_000, false);
        assertThat(judge().verdict()).isEqualTo(Verdict.VOID);
    }

    @Test
    void notLookingProvesNothing() {
        healed(30_000);
        assertThat(judge().verdict()).isEqualTo(Verdict.VOID);
    }
}
