package aeterna.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.Histories;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NewPodReadyWithinTest {
    private static final String POD = "aeterna/postgres-1"; // the one that is hit
    private static final String OWNER = "StatefulSet/postgres";

    private final Histories histories = new Histories();

    private Finding judge() {
        return Promises.newPodReadyWithin(Duration.ofSeconds(30)).judge(histories.history());
    }

    private Histories before() {
        return histories
                .pod(0, POD, "uid-1", 0, OWNER, true, false)
                .pod(0, "aeterna/postgres-2", "uid-2", 0, OWNER, true, false)
                .act(1_000);
    }

    @Test
    void acceptsANewPodThatIsReadyInTime() {
        before().pod(2_000, POD, "uid-1", 0, OWNER, false, true)
                .pod(5_000, POD, "uid-9", 0, OWNER, false, false)
                .pod(21_000, POD, "uid-9", 0, OWNER, true, false);
        assertThat(judge().verdict()).isEqualTo(Verdict.HELD);
        assertThat(judge().measured()).contains(Duration.ofSeconds(20));
    }

    @Test
    void acceptsAContainerThatStartedAgain() {
        before().pod(2_000, POD, "uid-1", 1, OWNER, false, false).pod(9_000, POD, "uid-1", 1, OWNER, true, false);
        assertThat(judge().verdict()).isEqualTo(Verdict.HELD);
    }

    @Test
    void rejectsOneThatTakesTooLong() {
        before().pod(42_000, POD, "uid-9", 0, OWNER, true, false);
        assertThat(judge().verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(judge().because()).isEqualTo(POD + " was Ready after 41 s, promised 30 s");
    }

    @Test
    void rejectsThatNoneComes() {
        before().pod(2_000, POD, "uid-1", 0, OWNER, true, false)
                .pod(3_000, "aeterna/postgres-2", "uid-2", 0, OWNER, true, false)
                .pod(4_000, "aeterna/api-1", "uid-7", 0, "ReplicaSet/api", true, false)
                .end(60_000);
        assertThat(judge().verdict()).isEqualTo(Verdict.BROKEN);
    }

    @Test
    void stoppingToLookBeforeTheLimitProvesNothing() {
        before().end(10_000);
        assertThat(judge().verdict()).isEqualTo(Verdict.VOID);
    }

    @Test
    void aPodNobodySawBeforeProvesNothing() {
        histories.act(1_000).pod(9_000, POD, "uid-9", 0, OWNER, true, false).end(60_000);
        assertThat(judge().verdict()).isEqualTo(Verdict.VOID);
    }
}
