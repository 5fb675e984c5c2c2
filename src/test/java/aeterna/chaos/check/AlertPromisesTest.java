package aeterna.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.Histories;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is judged by the alerts that their watcher wrote down: the act is at second 10, healing at 100, the end at 200. */
class AlertPromisesTest {
    private final Histories histories = new Histories();

    private AlertPromisesTest seen(long second, String source, String subject, String what) {
        histories.add(new Entry.Observed(Duration.ofSeconds(second).toNanos(), source, subject, what));
        return this;
    }

    private AlertPromisesTest alert(long second, String name, String what) {
        return seen(second, "alert", name, what + " {node=node-1}");
    }

    private AlertPromisesTest watched() {
        seen(1, "alerts", "Alertmanager", "is asked every second");
        histories
                .act(10_000)
                .add(new Entry.Healed(Duration.ofSeconds(100).toNanos()))
                .end(200_000);
        return this;
    }

    private void assertThatIs(Promise promise, Verdict verdict, String because) {
        var finding = promise.judge(histories.history());
        assertThat(finding.verdict()).as(finding.because()).isEqualTo(verdict);
        assertThat(finding.because()).contains(because);
    }

    private static Promise fires(long seconds) {
        return Promises.alertFiresWithin("NodeGone", Duration.ofSeconds(seconds));
    }

    private static Promise over(long seconds) {
        return Promises.alertsResolveWithin(Duration.ofSeconds(seconds));
    }

    @Test
    void anAlertFiresInTimeAndEnds() {
        watched().alert(50, "NodeGone", "fires").alert(130, "NodeGone", "over");
        assertThatIs(fires(60), Verdict.HELD, "it fired after 40 s, promised 60 s: {node=node-1}");
        assertThatIs(fires(30), Verdict.BROKEN, "it fired after 40 s, promised 30 s");
        assertThatIs(over(60), Verdict.HELD, "NodeGone was the last to end, 30 s after healing");
        assertThatIs(over(20), Verdict.BROKEN, "promised 20 s");
        assertThatIs(Promises.noAlertBut("NodeGone"), Verdict.HELD, "no other fired");
        assertThatIs(Promises.noAlertBut(), Verdict.BROKEN, "fired as well: NodeGone {node=node-1}");
    }

    @Test
    void anAlertThatNeverFires() {
        watched().alert(50, "SomethingElse", "fires").alert(60, "SomethingElse", "over");
        assertThatIs(fires(60), Verdict.BROKEN, "it never fired");
        assertThatIs(Promises.noAlertBut("NodeGone"), Verdict.BROKEN, "SomethingElse");
    }

    @Test
    void anAlertThatFiredBeforeTheActSaysNothingOfIt() {
        alert(5, "NodeGone", "fires").watched();
        assertThatIs(fires(60), Verdict.BROKEN, "it never fired");
    }

    @Test
    void anAlertThatNeverEnds() {
        watched().alert(50, "NodeGone", "fires");
        assertThatIs(over(60), Verdict.BROKEN, "NodeGone still fired at the end, 100 s after healing");
        assertThatIs(over(600), Verdict.VOID, "still fired");
    }

    @Test
    void silenceOfAWatcherWhoNeverHadAnAnswerProvesNothing() {
        histories.act(10_000).end(200_000);
        assertThatIs(fires(60), Verdict.VOID, "nobody watched");
        assertThatIs(Promises.noAlertBut(), Verdict.VOID, "nobody watched");
    }
}
