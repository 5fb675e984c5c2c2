package aeterna.chaos.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.attribution.Attribution.Share;
import aeterna.chaos.fakes.Histories;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Outage;
import aeterna.chaos.model.Stage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The act is at 10 s, on aeterna/postgres-1 of node-1; the client is dark from 9.9 s on. */
class AttributionTest {
    private static final Duration TTL = Duration.ofSeconds(20);

    private final Histories histories = new Histories();

    private static long at(double seconds) {
        return Math.round(seconds * 1e9);
    }

    private static Outage dark(double to) {
        return new Outage(
                "api write", at(9.9), at(to), Duration.ofNanos(at(to - 9.9)), Duration.ofMillis(50), false, false);
    }

    private AttributionTest route(double seconds, String service, String... ready) {
        histories.add(new Entry.RouteSeen(at(seconds), service, List.of(ready)));
        return this;
    }

    private AttributionTest lock(double seconds, String holder) {
        histories.add(new Entry.LockSeen(at(seconds), "postgres", holder, TTL));
        return this;
    }

    private AttributionTest role(double seconds, String pod, String what) {
        histories.add(new Entry.Observed(at(seconds), "role", pod, what));
        return this;
    }

    private AttributionTest before() {
        route(1, "postgres-rw", "postgres-1").route(1, "other", "qdrant-1").lock(1, "postgres-1");
        histories.pod(1_000, "aeterna/postgres-1", "u1", 0, "StatefulSet/x", true, false);
        lock(8, "postgres-1");
        histories.act(10_000);
        return this;
    }

    private Attribution split(double to) {
        return Attribution.of(histories.history(), dark(to)).orElseThrow();
    }

    private static List<String> words(Attribution split) {
        return split.shares().stream()
                .map(share -> share.name() + " " + share.took().toMillis())
                .toList();
    }

    @Test
    void aSilentPrimaryIsNoticedWhenItsLockRunsOut() {
        histories.add(new Entry.FloorComputed(0, new Floor(List.of(new Floor.Part("patroni ttl 20 s", TTL)))));
        before().lock(31, "postgres-2").route(32.5, "postgres-rw", "postgres-2");
        // Asked once a second: known after what followed from it.
        role(32.9, "postgres-2", "postgres: primary, was replica");
        var split = split(33.4);
        assertThat(words(split))
                .containsExactly("detect 18100", "decide 3000", "promote 1500", "publish endpoints 0", "reconnect 900");
        assertThat(split.dominant().end()).isEqualTo("the lock of postgres-1 had run out");
        assertThat(split).hasToString("18.1 s of it to detect (patroni ttl 20 s)");
    }

    @Test
    void aDeadPodIsNoticedWhenItIsNotReady() {
        before();
        histories.pod(10_300, "aeterna/postgres-1", "u1", 0, "StatefulSet/x", false, true);
        lock(12, "").lock(12.4, "postgres-2");
        role(13, "postgres-2", "postgres: primary, was replica").route(13.2, "postgres-rw", "postgres-2");
        assertThat(words(split(16)))
                .containsExactly("detect 400", "decide 2100", "promote 600", "publish endpoints 200", "reconnect 2800");
        assertThat(split(16).dominant().stages()).containsExactly(Stage.RECONNECT);
    }

    @Test
    void whatNobodySawIsSaidTogetherWithWhatFollows() {
        before();
        assertThat(words(split(16))).containsExactly("detect + decide + promote + publish endpoints + reconnect 6100");
        role(14, "postgres-2", "postgres: primary, was replica");
        assertThat(words(split(16)))
                .containsExactly("detect + decide + promote 4100", "publish endpoints + reconnect 2000");
    }

    @Test
    void othersAndWhatComesAfterTheOutageAreNoSigns() {
        before().route(11, "other", "qdrant-2").route(17, "postgres-rw", "postgres-2");
        role(11, "postgres-1", "postgres: primary, was replica").role(12, "qdrant-0", "qdrant: follower");
        lock(12, "postgres-1");
        histories.pod(11_000, "aeterna/api-1", "u9", 0, "ReplicaSet/x", false, true);
        assertThat(split(16).shares()).hasSize(1);
    }

    @Test
    void theSharesAreTheWholeOutage() {
        before().lock(31, "postgres-2").route(30, "postgres-rw", "postgres-2");
        role(29, "postgres-2", "postgres: primary");
        var shares = split(33).shares().stream().map(Share::took).toList();
        assertThat(shares).noneMatch(Duration::isNegative);
        assertThat(shares.stream().reduce(Duration.ZERO, Duration::plus)).isEqualTo(Duration.ofNanos(at(23.1)));
    }

    @Test
    void anOutageWithoutAnActOrAnEndIsNotSplit() {
        assertThat(Attribution.of(histories.history(), dark(16))).isEmpty();
        before();
        var open = new Outage("w", at(9.9), at(40), Duration.ofSeconds(30), Duration.ZERO, true, false);
        assertThat(Attribution.of(histories.history(), open)).isEmpty();
        assertThat(Attribution.of(histories.history())).isEmpty();
    }
}
