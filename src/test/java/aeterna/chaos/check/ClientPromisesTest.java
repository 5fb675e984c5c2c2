package aeterna.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.Histories;
import aeterna.chaos.model.Client;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Op.Outcome;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is judged by what clients went through and were told. */
class ClientPromisesTest {
    private static final Duration SPACING = Duration.ofMillis(100);

    private final Histories histories = new Histories();

    private static Client client(String name, Op.Kind kind) {
        return new Client(name, kind, Op.Connection.NEW, SPACING, Duration.ofSeconds(1), 24);
    }

    private void assertThatIs(Promise promise, Verdict verdict, String because) {
        var finding = promise.judge(histories.history());
        assertThat(finding.verdict()).as(finding.because()).isEqualTo(verdict);
        assertThat(finding.because()).contains(because);
    }

    /** Reads are always answered, writes are not for eight seconds after the act. */
    private void writesStop() {
        histories.client(client("read", Op.Kind.READ)).ok(0, 300);
        histories
                .client(client("write", Op.Kind.WRITE))
                .ok(0, 100)
                .fail(100, 180)
                .ok(180, 300);
        histories.act(10_000).end();
    }

    @Test
    void onlyTheKindThatItIsAboutCounts() {
        writesStop();
        assertThatIs(Promises.readsServedAgainWithin(Duration.ofSeconds(5)), Verdict.HELD, "no client noticed");
        assertThatIs(Promises.writesServedAgainWithin(Duration.ofSeconds(5)), Verdict.BROKEN, "write was served again");
        assertThatIs(Promises.writesServedAgainWithin(Duration.ofSeconds(9)), Verdict.HELD, "write was served again");
    }

    @Test
    void aKindThatNobodyIsOfProvesNothing() {
        histories.client(client("write", Op.Kind.WRITE)).ok(0, 300).act(10_000).end();
        assertThatIs(Promises.readsServedAgainWithin(Duration.ofSeconds(5)), Verdict.VOID, "no client of that kind");
    }

    @Test
    void servedAfterHealingCountsFromThere() {
        writesStop();
        histories.add(new Entry.Healed(Duration.ofSeconds(15).toNanos()));
        assertThatIs(
                Promises.servedAfterHealingWithin(Duration.ofSeconds(5)), Verdict.HELD, "write was served again 3");
        assertThatIs(
                Promises.servedAfterHealingWithin(Duration.ofSeconds(2)), Verdict.BROKEN, "write was served again 3");
    }

    @Test
    void neverServedAgainAfterHealing() {
        histories
                .client(client("write", Op.Kind.WRITE))
                .ok(0, 100)
                .fail(100, 300)
                .act(10_000);
        histories.add(new Entry.Healed(Duration.ofSeconds(15).toNanos())).end();
        assertThatIs(Promises.servedAfterHealingWithin(Duration.ofSeconds(5)), Verdict.BROKEN, "still not served");
        assertThatIs(Promises.servedAfterHealingWithin(Duration.ofSeconds(60)), Verdict.VOID, "still not served");
    }

    private void told(int timelineAfter) {
        histories
                .client(client("write", Op.Kind.WRITE))
                .acknowledged(0, 1_000, 1_005, "pg-1", 4)
                .act(10_000)
                .acknowledged(1, 12_000, 12_005, "pg-2", timelineAfter)
                .end();
    }

    @Test
    void aTimelineThatGrewIsAPromotion() {
        told(5);
        assertThatIs(Promises.promotionsAtMost(1), Verdict.HELD, "1 promoted");
        assertThatIs(
                Promises.promotionsAtMost(0), Verdict.BROKEN, "pg-1 (timeline 4) before, and by pg-2 (timeline 5)");
    }

    @Test
    void theSameTimelineIsNone() {
        told(4);
        assertThatIs(Promises.promotionsAtMost(0), Verdict.HELD, "nobody was promoted");
    }

    @Test
    void aClientThatNobodyToldProvesNothing() {
        writesStop();
        assertThatIs(Promises.promotionsAtMost(0), Verdict.VOID, "no client was told of timelines");
    }

    private void leads(long millis, String who, String what) {
        histories.add(new Entry.Observed(Duration.ofMillis(millis).toNanos(), "role", who, what));
    }

    @Test
    void anElectionIsSeenByRoles() {
        leads(1_000, "q-0", "qdrant: leader");
        histories.act(10_000);
        leads(11_000, "q-0", "qdrant: no role, was leader");
        leads(14_000, "q-2", "qdrant: leader, was follower");
        histories.end(60_000);
        assertThatIs(elected(5), Verdict.HELD, "q-2 was elected after 2.5 s (±1.5 s)");
        assertThatIs(elected(2), Verdict.BROKEN, "q-2 was elected after 2.5 s (±1.5 s)");
        assertThatIs(Promises.leaderElectedWithin("postgres", Duration.ofSeconds(5)), Verdict.VOID, "before the act");
    }

    @Test
    void anElectionThatTookTooLongOrNeverWas() {
        leads(1_000, "q-0", "qdrant: leader");
        histories.act(10_000).end(60_000);
        assertThatIs(elected(5), Verdict.BROKEN, "nobody was seen to be elected in 50 s");
        leads(19_000, "q-2", "qdrant: leader, was follower");
        assertThatIs(elected(5), Verdict.BROKEN, "after 7.5 s");
    }

    private static Promise elected(long seconds) {
        return Promises.leaderElectedWithin("qdrant", Duration.ofSeconds(seconds));
    }

    private void knock(long millis, String what) {
        histories.add(new Entry.Observed(Duration.ofMillis(millis).toNanos(), "policy", "pg-1", what));
    }

    private void knocks(String during) {
        histories
                .act(10_000)
                .add(new Entry.Healed(Duration.ofSeconds(20).toNanos()))
                .end(30_000);
        knock(5_000, "refused by 3 replicas");
        knock(15_000, during);
        knock(25_000, "refused by 3 replicas");
    }

    @Test
    void whoeverKnocksIsRefused() {
        knocks("refused by 2 replicas");
        assertThatIs(Promises.neverLetIn(), Verdict.HELD, "refused 1 times before, 1 during and 1 after");
    }

    @Test
    void aDoorThatOpensForAMomentIsOpen() {
        knocks("let in by api-1");
        assertThatIs(Promises.neverLetIn(), Verdict.BROKEN, "pg-1 was let in by api-1, 5 s after the act");
    }

    @Test
    void notKnockingMeanwhileProvesNothing() {
        histories
                .act(10_000)
                .add(new Entry.Healed(Duration.ofSeconds(20).toNanos()))
                .end(30_000);
        knock(5_000, "refused by 3 replicas");
        assertThatIs(Promises.neverLetIn(), Verdict.VOID, "too few");
    }

    /** Two writes before the point at second 5, one across it, two after it. */
    private void restored(Map<String, Integer> there) {
        histories.add(new Entry.Observed(Duration.ofSeconds(5).toNanos(), "restore point", "postgres", "12:00"));
        histories
                .client(client("write", Op.Kind.WRITE))
                .acknowledged(0, 1_000, 1_005, "pg-1", 4)
                .acknowledged(1, 2_000, 2_005, "pg-1", 4)
                .acknowledged(2, 4_990, 5_010, "pg-1", 4)
                .acknowledged(3, 6_000, 6_005, "pg-1", 4)
                .acknowledged(4, 7_000, 7_005, "pg-1", 4)
                .readBack("restored as of 12:00", false, there);
    }

    @Test
    void whatWasBeforeThePointIsBackAndNothingElse() {
        restored(Map.of("write-0", 1, "write-1", 1));
        assertThatIs(Promises.restoredExactly(), Verdict.HELD, "all 2 writes");
    }

    @Test
    void whatWasUnderWayAtThePointMayBeThere() {
        restored(Map.of("write-0", 1, "write-1", 1, "write-2", 1));
        assertThatIs(Promises.restoredExactly(), Verdict.HELD, "all 2 writes");
    }

    @Test
    void aWriteBeforeThePointIsMissing() {
        restored(Map.of("write-0", 1));
        assertThatIs(
                Promises.restoredExactly(),
                Verdict.BROKEN,
                "1 of 2 writes acknowledged before the point are missing (write-1)");
    }

    @Test
    void aWriteAfterThePointIsThere() {
        restored(Map.of("write-0", 1, "write-1", 1, "write-4", 1));
        assertThatIs(Promises.restoredExactly(), Verdict.BROKEN, "1 sent after it are there (write-4)");
    }

    @Test
    void nothingThatWasRestoredProvesNothing() {
        histories.client(client("write", Op.Kind.WRITE)).ok(0, 10).readBack("through the api", true, Map.of());
        assertThatIs(Promises.restoredExactly(), Verdict.VOID, "nothing was restored");
        assertThat(histories.history().all(Op.class).filter(op -> op.outcome() == Outcome.OK))
                .hasSize(10);
    }
}
