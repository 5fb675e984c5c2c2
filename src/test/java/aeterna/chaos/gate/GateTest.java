package aeterna.chaos.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.fakes.Histories;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Expectation;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Outage;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Trial;
import aeterna.chaos.model.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateTest {
    private static final String PROMISE = "served again within 30 s";

    @TempDir
    private Path folder;

    /** One trial for each time. */
    private static List<History> trials(String scenario, Verdict verdict, long... millis) {
        var histories = new ArrayList<History>();
        for (var i = 0; i < millis.length; i++) {
            var time = Duration.ofMillis(millis[i]);
            var from = Duration.ofSeconds(10).toNanos();
            var outage = new Outage("w", from, from + time.toNanos(), time, Duration.ofMillis(20), false, false);
            histories.add(new History(List.of(
                    Histories.began(scenario, new Trial(i + 1, millis.length, 1), Expectation.held()),
                    Histories.injecting(from + 1),
                    new Finding(
                            PROMISE,
                            verdict,
                            Optional.of(Duration.ofSeconds(30)),
                            Optional.of(time),
                            Duration.ofMillis(20),
                            "w was served again",
                            List.of(outage)),
                    new Entry.Judged(9, verdict, "as it was"))));
        }
        return histories;
    }

    private static Baseline baseline() {
        return Baseline.of(trials("A.a", Verdict.HELD, 3_000, 3_100, 2_900, 3_050, 2_950, 3_000));
    }

    @Test
    void theSameAgainPasses() {
        var gate = Gate.of(baseline(), trials("A.a", Verdict.HELD, 3_020, 2_960, 3_080, 2_910, 3_100));
        assertThat(gate.passed()).isTrue();
        assertThat(gate.comparisons()).isOne();
        assertThat(gate.untold()).isZero();
        assertThat(gate).hasToString("passed; recovery times compared: 1");
        assertThat(gate.notCompared()).isEmpty();
    }

    @Test
    void slowerRecoveriesAreNamedInOneLineWithWhereTheTimeWent() {
        var gate = Gate.of(baseline(), trials("A.a", Verdict.HELD, 3_900, 4_000, 3_800, 3_950, 3_850));
        assertThat(gate.passed()).isFalse();
        assertThat(gate.worse())
                .containsExactly("A.a: served again within 30 s: 3 s became 3.9 s (+30 %), medians of 6 and 5 trials;"
                        + " 4 s of it to detect + decide + promote + publish endpoints + reconnect");
    }

    @Test
    void tooFewTrialsAreSaidToTellNothing() {
        var gate = Gate.of(baseline(), trials("A.a", Verdict.HELD, 29_000, 29_000));
        assertThat(gate)
                .hasToString(
                        "passed; recovery times compared: 0, not compared: 1 of fewer than 5 trials (--trials 5, in"
                                + " the baseline 10)");
    }

    @Test
    void aVerdictThatGotWorseIsNamed() {
        assertThat(Gate.of(baseline(), trials("A.a", Verdict.BROKEN, 31_000))
                        .worse()
                        .get(0))
                .isEqualTo("A.a: HELD became BROKEN: as it was");
        assertThat(Gate.of(baseline(), trials("A.a", Verdict.VOID, 1_000)).worse())
                .containsExactly("A.a: HELD became VOID: as it was");
        var broken = Baseline.of(trials("A.a", Verdict.BROKEN, 31_000));
        assertThat(Gate.of(broken, trials("A.a", Verdict.HELD, 3_000)).passed()).isTrue();
        var unproven = Gate.of(broken, trials("A.a", Verdict.VOID, 3_000));
        assertThat(unproven.passed()).isTrue();
        assertThat(unproven.unproven()).containsExactly("A.a: BROKEN became VOID: as it was");
    }

    @Test
    void whatIsOnlyInOneOfThemIsSaid() {
        assertThat(Gate.of(baseline(), trials("B.b", Verdict.HELD, 3_000)).notCompared())
                .containsExactly("B.b is not in the baseline", "A.a is in the baseline, and was not run");
    }

    @Test
    void aBaselineOfAnotherTopologyProfileOrProviderIsRefused() {
        var other = baseline();
        var histories = trials("A.a", Verdict.HELD, 3_000);
        assertThatThrownBy(() -> Gate.of(
                        new Baseline("r", "kind", other.topology(), other.profile(), other.scenarios()), histories))
                .isInstanceOf(Problem.class)
                .hasMessage(
                        "the baseline (run r) is of the provider 'kind', this run is of 'fake': they cannot be compared");
        assertThatThrownBy(() ->
                        Gate.of(new Baseline("r", "fake", "two-zones", other.profile(), other.scenarios()), histories))
                .hasMessageContaining("topology 'two-zones'");
        assertThatThrownBy(() -> Gate.of(
                        new Baseline("r", "fake", other.topology(), "as-documented", other.scenarios()), histories))
                .hasMessageContaining("profile 'as-documented'");
    }

    @Test
    void aRunThatProvedNothingIsNoBaseline() {
        assertThatThrownBy(() -> Baseline.of(trials("A.a", Verdict.VOID, 3_000)))
                .isInstanceOf(Problem.class)
                .hasMessage("the run run-1 is no baseline: A.a was VOID in it: as it was");
    }

    @Test
    void aBaselineIsReadBackAsItWasWrittenAndNothingElseIsOne() throws IOException {
        var file = folder.resolve("baseline.json");
        assertThat(Baseline.read(file)).isEmpty();
        Files.writeString(file, baseline().json());
        assertThat(Baseline.read(file)).contains(baseline());
        Files.writeString(file, "{\"run\": 7");
        assertThatThrownBy(() -> Baseline.read(file))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("baseline.json is no baseline: ");
        Files.writeString(file, "{}");
        assertThatThrownBy(() -> Baseline.read(file)).isInstanceOf(Problem.class);
    }
}
