package aeterna.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.FakeService;
import aeterna.chaos.fakes.Histories;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Topology;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.model.Zone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is judged by pod events: a Deployment of three pods, and a StatefulSet of two that are bound to their nodes. */
class PodPromisesTest {
    private static final String API = "ReplicaSet/api-5f";
    private static final String STORE = "StatefulSet/store";
    private static final List<String> ALL = List.of("api");

    private final Histories histories = new Histories();

    private PodPromisesTest seen(long second, String pod, String node, String owner, boolean ready, boolean gone) {
        histories.add(new Entry.PodSeen(nanos(second), "x/" + pod, pod, 0, owner, node, ready, gone));
        return this;
    }

    private PodPromisesTest api(long second, String pod, String node, boolean ready, boolean gone) {
        return seen(second, pod, node, API, ready, gone);
    }

    private static long nanos(long second) {
        return Duration.ofSeconds(second).toNanos();
    }

    /** Three replicas and two stores are there, and node 1 is hit at second 10. */
    private PodPromisesTest hit() {
        api(0, "a", "node-1", true, false).api(0, "b", "node-2", true, false).api(0, "c", "node-3", true, false);
        seen(0, "s-0", "node-1", STORE, true, false).seen(0, "s-1", "node-2", STORE, true, false);
        histories.add(new Entry.Injecting(
                nanos(10), new Injected(Hit.of(List.of(), List.of("node-1"), List.of()), List.of())));
        return this;
    }

    private PodPromisesTest healed(long second) {
        histories.add(new Entry.Healed(nanos(second)));
        return this;
    }

    private void assertThatIs(Promise promise, Verdict verdict, String because) {
        var finding = promise.judge(histories.history());
        assertThat(finding.verdict()).as(finding.because()).isEqualTo(verdict);
        assertThat(finding.because()).contains(because);
    }

    @Test
    void aBudgetIsKeptWhenTheNewPodComesBeforeTheNextOneGoes() {
        hit().api(11, "a", "node-1", false, true)
                .api(15, "d", "node-4", true, false)
                .api(16, "b", "node-2", false, true);
        histories.end(30_000);
        assertThatIs(Promises.neverFewerReady("api", 2), Verdict.HELD, "at the fewest 2 were Ready, 1 s after the act");
    }

    @Test
    void aBudgetIsBrokenForAMoment() {
        hit().api(11, "a", "node-1", false, true)
                .api(12, "b", "node-2", false, false)
                .api(13, "b", "node-2", true, false);
        histories.end(30_000);
        assertThatIs(
                Promises.neverFewerReady("api", 2), Verdict.BROKEN, "at the fewest 1 were Ready, 2 s after the act");
    }

    @Test
    void aBudgetOfWhoeverWasNeverSeenProvesNothing() {
        hit();
        assertThatIs(Promises.neverFewerReady("gateway", 1), Verdict.VOID, "only 0 were seen");
    }

    @Test
    void whatCanRunElsewhereDoes() {
        hit().api(11, "a", "node-1", false, true)
                .api(40, "d", "node-4", true, false)
                .healed(90);
        assertThatIs(whole(60), Verdict.HELD, "api had all 3 Ready elsewhere after 30 s");
    }

    @Test
    void itTookTooLong() {
        hit().api(11, "a", "node-1", false, true)
                .api(85, "d", "node-4", true, false)
                .healed(90);
        assertThatIs(whole(60), Verdict.BROKEN, "after 75 s, promised 60 s");
    }

    @Test
    void aPodThatCameBackOnlyAfterHealingWasNotElsewhere() {
        hit().api(11, "a", "node-1", false, true).healed(90).api(91, "d", "node-4", true, false);
        assertThatIs(whole(60), Verdict.BROKEN, "api had 2 of 3 Ready elsewhere when the fault ended");
    }

    @Test
    void healingBeforeTheLimitProvesNothing() {
        hit().api(11, "a", "node-1", false, true).healed(20);
        assertThatIs(whole(60), Verdict.VOID, "2 of 3");
    }

    private static Promise whole(long seconds) {
        return Promises.wholeElsewhereWithin(Duration.ofSeconds(seconds), ALL);
    }

    @Test
    void exactlyTheOneOnTheNodeWaits() {
        hit().seen(11, "s-0", "node-1", STORE, false, true);
        histories.add(new Entry.PodSeen(nanos(12), "x/s-0", "s-0-new", 0, STORE, "", false, false));
        healed(60);
        assertThatIs(Promises.exactlyTheseWait(List.of("store")), Verdict.HELD, "x/s-0");
    }

    @Test
    void somebodyElseWaitsAsWell() {
        hit().seen(11, "s-0", "node-1", STORE, false, true).api(11, "a", "node-1", false, true);
        histories.add(new Entry.PodSeen(nanos(12), "x/s-0", "s-0-new", 0, STORE, "", false, false));
        api(12, "d", "", false, false).healed(60);
        assertThatIs(
                Promises.exactlyTheseWait(List.of("store")),
                Verdict.BROKEN,
                "x/d, x/s-0; bound to what was hit: x/s-0");
    }

    @Test
    void whoIsBoundToTheNodeRunsSomewhere() {
        hit().healed(60);
        assertThatIs(Promises.exactlyTheseWait(List.of("store")), Verdict.BROKEN, "nobody");
    }

    @Test
    void spreadIsJudgedAtTheEnd() {
        hit().api(20, "a", "node-1", false, true).api(30, "d", "node-3", true, false);
        histories.end(60_000);
        assertThatIs(Promises.evenlySpread(zones(), "api"), Verdict.BROKEN, "{zone-1=0, zone-2=1, zone-3=2}");
        api(50, "e", "node-1", true, false);
        assertThatIs(Promises.evenlySpread(zones(), "api"), Verdict.HELD, "{zone-1=1, zone-2=1, zone-3=2}");
    }

    /** Each node its own zone. */
    private static Topology zones() {
        var nodes = new ArrayList<>(List.of(new Node("node-0", Node.Role.CONTROL_PLANE, Map.of(), List.of())));
        for (var n = 1; n <= 3; n++) {
            nodes.add(new Node("node-" + n, Node.Role.WORKER, Map.of(Zone.LABEL, "zone-" + n), List.of()));
        }
        return new Topology("small", 1, nodes, List.of());
    }

    @Test
    void aBlipThatRestartsSomebodyIsACascade() {
        hit();
        histories.end(60_000);
        assertThatIs(Promises.nobodyElseRestarts(), Verdict.HELD, "all 5 pods stayed");
        histories.add(new Entry.PodSeen(nanos(30), "x/b", "b", 1, API, "node-2", true, false));
        seen(31, "s-1", "node-2", STORE, false, true);
        assertThatIs(Promises.nobodyElseRestarts(), Verdict.BROKEN, "x/b restarted, x/s-1 went");
    }

    @Test
    void scalingOutCountsFromTheLoad() {
        histories.client(FakeService.client("load", Duration.ofMillis(50)));
        hit().api(100, "d", "node-4", true, false).api(101, "e", "node-5", true, false);
        histories.end(300_000);
        assertThatIs(scaled(180), Verdict.HELD, "after 100 s, and 5 at the most");
        assertThatIs(scaled(60), Verdict.BROKEN, "promised 60 s");
    }

    @Test
    void neverScalingOutIsBrokenOnlyAfterTheLimit() {
        histories.client(FakeService.client("load", Duration.ofMillis(50)));
        hit().api(20, "a", "node-1", false, true).api(30, "d", "node-4", true, false);
        histories.end(300_000);
        assertThatIs(scaled(180), Verdict.BROKEN, "never more than the 3");
        assertThatIs(scaled(600), Verdict.VOID, "never more than the 3");
    }

    private static Promise scaled(long seconds) {
        return Promises.scaledOutWithin("api", Duration.ofSeconds(seconds));
    }
}
