package aeterna.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.Rig;
import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.model.Expectation;
import aeterna.chaos.model.Expectation.Word;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Series;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.Trial;
import aeterna.chaos.model.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepetitionTest {
    @TempDir
    Path folder;

    private Rig rig;

    @BeforeEach
    void assemble() {
        rig = new Rig(folder);
    }

    /** As long as there are any: how many seconds the service is away, trial by trial; below zero the stack is not steady. */
    private Result run(Integer... seconds) {
        var outages = List.of(seconds).iterator();
        var next = new int[1];
        rig.onStep = step -> {
            if (step.startsWith("1 ")) {
                next[0] = outages.next();
                rig.steady = new SteadyCheck.Look(next[0] >= 0, "1 of 3");
            }
        };
        rig.fault.doing(() -> rig.service.fail(Duration.ofSeconds(next[0])));
        var result = rig.runner().run(rig.experiment().inject(rig.fault));
        assertThat(outages.hasNext()).as("all of them were needed").isFalse();
        return result;
    }

    private List<String> trials() {
        rig.histories.close();
        return HistoryFile.read(rig.folder.resolve("history.jsonl")).stream()
                .map(RepetitionTest::told)
                .toList();
    }

    private static String told(History history) {
        var trial = history.began().setting().trial();
        return trial.number() + "/" + trial.of() + " " + trial.attempt() + " "
                + history.judged().verdict();
    }

    @Test
    void aVoidIsRepeatedOnceAndStaysToBeSeen() {
        rig.repetition = Repetition.of(1, true);
        assertThat(run(-1, 3).verdict()).isEqualTo(Verdict.HELD);
        assertThat(trials()).containsExactly("1/1 1 VOID", "1/1 2 HELD");
    }

    @Test
    void twoVoidsAreVoid() {
        rig.repetition = Repetition.of(1, true);
        assertThat(run(-1, -1).verdict()).isEqualTo(Verdict.VOID);
        assertThat(trials()).containsExactly("1/1 1 VOID", "1/1 2 VOID");
    }

    @Test
    void aBrokenIsNeverRepeated() {
        rig.repetition = Repetition.of(1, true);
        assertThat(run(40).verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(trials()).containsExactly("1/1 1 BROKEN");
    }

    @Test
    void unlessToldToNothingIsRepeated() {
        assertThat(run(-1).verdict()).isEqualTo(Verdict.VOID);
        assertThat(trials()).containsExactly("1/1 1 VOID");
    }

    @Test
    void aVoidThatWasExpectedIsNotRepeated() {
        rig.repetition = Repetition.of(1, true);
        rig.expected = new Expectation(Word.NOT_APPLICABLE, "this testbed cannot");
        assertThat(run(-1).verdict()).isEqualTo(Verdict.VOID);
        assertThat(trials()).containsExactly("1/1 1 VOID");
    }

    @Test
    void oneBrokenTrialOfManyDecidesAndTheOthersAreRunAllTheSame() {
        rig.repetition = Repetition.of(4, true);
        assertThat(run(3, 40, -1, 4, 5).verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(trials()).containsExactly("1/4 1 HELD", "2/4 1 BROKEN", "3/4 1 VOID", "3/4 2 HELD", "4/4 1 HELD");
        var series = Series.of(HistoryFile.read(rig.folder.resolve("history.jsonl")));
        assertThat(series).hasSize(1);
        assertThat(series.get(0).counted()).hasSize(4);
        assertThat(series.get(0).measured().get("served again within 30 s"))
                .extracting(time -> Math.round(time.toMillis() / 1000.0))
                .containsExactly(3L, 40L, 4L, 5L);
    }

    @Test
    void anInterruptEndsTheTrialsAndIsNoReasonToRepeat() {
        rig.repetition = Repetition.of(3, true);
        rig.fault.doing(() -> Thread.currentThread().interrupt());
        var result = rig.runner().run(rig.experiment().inject(rig.fault));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.verdict()).isEqualTo(Verdict.VOID);
        assertThat(trials()).containsExactly("1/3 1 VOID");
    }

    @Test
    void whatAnEarlierPartProvedIsNotRunAgainAndWhatItDidNotIsAnotherAttempt() {
        rig.repetition = Repetition.of(2, false);
        run(40, -1);
        var earlier = HistoryFile.read(rig.folder.resolve("history.jsonl"));
        rig.repetition = Repetition.toComplete(earlier, 3, false);
        assertThat(run(3, 4).verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(trials()).containsExactly("1/2 1 BROKEN", "2/2 1 VOID", "2/3 2 HELD", "3/3 1 HELD");
        assertThat(Repetition.toComplete(HistoryFile.read(rig.folder.resolve("history.jsonl")), 3, false)
                        .trials())
                .isEmpty();
    }

    @Test
    void trialsSayWhichTheyAre() {
        assertThat(Trial.ONLY).hasToString("");
        assertThat(Trial.ONLY.again()).hasToString("attempt 2");
        assertThat(new Trial(2, 5, 1)).hasToString("trial 2 of 5");
        assertThat(new Trial(2, 5, 2)).hasToString("trial 2 of 5, attempt 2");
    }
}
