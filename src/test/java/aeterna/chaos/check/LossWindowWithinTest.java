package aeterna.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.FakeService;
import aeterna.chaos.fakes.Histories;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LossWindowWithinTest {
    private final Histories histories = new Histories().client(FakeService.client("w", Duration.ofMillis(100)));

    private Finding judge(Duration window) {
        return Promises.lossWindowWithin(window).judge(histories.history());
    }

    @Test
    void measuresFromTheFirstLostAcknowledgementToTheLast() {
        histories.ok(0, 6).readBack("primary", true, Map.of("w-0", 1, "w-1", 1, "w-5", 1));

        var exactly = judge(Duration.ofMillis(200));
        assertThat(exactly.verdict()).isEqualTo(Verdict.HELD);
        assertThat(exactly.measured()).contains(Duration.ofMillis(200));
        assertThat(exactly.because()).isEqualTo("3 of 6 acknowledged writes are lost, acknowledged within 200 ms");
        assertThat(judge(Duration.ofMillis(199)).verdict()).isEqualTo(Verdict.BROKEN);
    }

    @Test
    void lossesFarApartAreOneWideWindow() {
        histories.ok(0, 30).readBack("primary", true, without(30, 2, 27));

        assertThat(judge(Duration.ofSeconds(1)).verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(judge(Duration.ofSeconds(1)).measured()).contains(Duration.ofMillis(2500));
    }

    @Test
    void nothingLostIsAWindowOfZero() {
        histories.ok(0, 2).readBack("primary", true, Map.of("w-0", 1, "w-1", 1));

        assertThat(judge(Duration.ZERO).verdict()).isEqualTo(Verdict.HELD);
        assertThat(judge(Duration.ZERO).measured()).contains(Duration.ZERO);
    }

    @Test
    void whatWasNeverReadBackProvesNothing() {
        histories.ok(0, 2);

        assertThat(judge(Duration.ofSeconds(1)).verdict()).isEqualTo(Verdict.VOID);
    }

    @Test
    void noAcknowledgementProvesNothing() {
        histories.fail(0, 2).readBack("primary", true, Map.of());

        assertThat(judge(Duration.ofSeconds(1)).verdict()).isEqualTo(Verdict.VOID);
    }

    private static Map<String, Integer> without(int number, int... lost) {
        var kept = new TreeMap<String, Integer>();
        for (var i = 0; i < number; i++) {
            kept.put("w-" + i, 1);
        }
        for (var key : lost) {
            kept.remove("w-" + key);
        }
        return kept;
    }
}
