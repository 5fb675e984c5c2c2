package aeterna.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.FakeService;
import aeterna.chaos.fakes.FakeService.Dark;
import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.fakes.Histories;
import aeterna.chaos.model.Client;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Outage;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Known outages on synthetic schedules: the measured one is right within its own error, and the error is small. */
class OutagesTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @ParameterizedTest
    @EnumSource(names = "HANGING", mode = EnumSource.Mode.EXCLUDE)
    void theTrueOutageAlwaysLiesWithinTheError(Dark dark) {
        var random = new Random(4711);
        var bias = Duration.ZERO;
        for (var trial = 0; trial < 150; trial++) {
            var spacing = Duration.ofMillis(10 + random.nextInt(60));
            var latency = Duration.ofMillis(1 + random.nextInt(9));
            var downtime = Duration.ofMillis(100 + random.nextInt(4_000));
            var act = Duration.ofSeconds(2).plusNanos(random.nextInt(100_000_000));
            var history = run(spacing, latency, dark, act, time -> {}, downtime);

            var outage = longest(history);
            bias = bias.plus(outage.measured().minus(downtime));
            assertThat(outage.measured().minus(downtime).abs())
                    .as("%s, spacing %s, downtime %s", outage, spacing, downtime)
                    .isLessThanOrEqualTo(outage.error());
            // The ± is the probe's own spacing, plus what it takes to tell a late answer from a prompt one at the far
            // end.
            var late = spacing.compareTo(latency.multipliedBy(4)) > 0 ? spacing : latency.multipliedBy(4);
            var most = spacing.plus(latency).plus(dark == Dark.REFUSING ? Duration.ZERO : late.dividedBy(2));
            assertThat(outage.error()).as("%s, spacing %s", outage, spacing).isLessThanOrEqualTo(most);
            assertThat(outage.open() || outage.stalled()).isFalse();
            assertThat(outage.from()).isLessThanOrEqualTo(act.plus(latency).toNanos());
            assertThat(outage.to()).isGreaterThanOrEqualTo(act.plus(downtime).toNanos());
        }
        assertThat(bias.dividedBy(150).abs())
                .as("neither too long nor too short on the whole")
                .isLessThan(Duration.ofMillis(8));
    }

    @Test
    void aStallInTheMiddleOfALongSilenceSaysNothingAgainstItsEdges() {
        var client = FakeService.client("one", Duration.ofMillis(20));
        var history = new Histories()
                .client(client)
                .act(990)
                .ok(0, 50)
                .ops(50, 80, Op.Outcome.UNKNOWN, Duration.ofSeconds(2))
                .late(80, 100)
                .ops(100, 150, Op.Outcome.UNKNOWN, Duration.ofMillis(900))
                .ok(150, 300)
                .end()
                .history();
        var outage = Outages.of(history).get(client).get(0);
        assertThat(outage.measured().toMillis()).isBetween(1_980L, 2_000L);
        assertThat(outage.error()).isLessThan(Duration.ofMillis(40));
    }

    @Test
    void aStallDoesNotExcuseTheRoomThatHungRequestsFill() {
        var client = FakeService.client("one", Duration.ofMillis(20));
        var history = new Histories()
                .client(client)
                .act(990)
                .ok(0, 50)
                .ops(50, 74, Op.Outcome.UNKNOWN, Duration.ofSeconds(2))
                .ops(74, 80, Op.Outcome.SHED, Duration.ZERO)
                .late(80, 90)
                .ops(90, 150, Op.Outcome.SHED, Duration.ZERO)
                .ok(150, 300)
                .end()
                .history();
        var outage = Outages.of(history).get(client).get(0);
        assertThat(outage.measured().toMillis()).isBetween(1_980L, 2_000L);
        assertThat(outage.error()).isLessThan(Duration.ofMillis(40));
    }

    @Test
    void aStallAnywhereWidensTheErrorAndNeverMakesItWrong() {
        var random = new Random(815);
        for (var trial = 0; trial < 150; trial++) {
            var downtime = Duration.ofMillis(500 + random.nextInt(3_000));
            var stallFrom = Duration.ofMillis(1_500 + random.nextInt(4_000));
            var stall = Duration.ofMillis(100 + random.nextInt(2_000));
            var history = run(
                    Duration.ofMillis(20),
                    Duration.ofMillis(3),
                    trial % 2 == 0 ? Dark.REFUSING : Dark.HOLDING,
                    Duration.ofSeconds(2),
                    time -> time.at(stallFrom.toNanos(), () -> time.stall(stall)),
                    downtime);

            var outage = longest(history);
            assertThat(outage.measured().minus(downtime).abs())
                    .as("%s, downtime %s, stalled %s at %s", outage, downtime, stall, stallFrom)
                    .isLessThanOrEqualTo(outage.error());
            assertThat(outage.error()).isLessThan(stall.plusMillis(100));
        }
    }

    @Test
    void ordinaryJitterIsNoOutageWorthTheName() {
        var history = run(
                Duration.ofMillis(20),
                Duration.ofMillis(3),
                Dark.REFUSING,
                Duration.ofSeconds(2),
                time -> {
                    for (var at = 100; at < 9_000; at += 170) {
                        time.at(Duration.ofMillis(at).toNanos(), () -> time.stall(Duration.ofMillis(30)));
                    }
                },
                Duration.ofSeconds(1));
        var outage = longest(history);
        assertThat(outage.measured().minusSeconds(1).abs()).isLessThanOrEqualTo(outage.error());
        assertThat(outage.error()).isLessThan(Duration.ofMillis(80));
    }

    @Test
    void anAnswerThatWaitedInTheDarkIsPartOfTheOutage() {
        // No request fails: all of them wait for 800 ms and are answered within their deadline.
        var history = run(
                Duration.ofMillis(20),
                Duration.ofMillis(3),
                Dark.HOLDING,
                Duration.ofSeconds(2),
                time -> {},
                Duration.ofMillis(800));
        assertThat(history.all(Op.class)).allMatch(Op::ok);
        assertThat(longest(history).measured()).isBetween(Duration.ofMillis(770), Duration.ofMillis(830));
    }

    @Test
    void oneGoodAnswerInTheMiddleIsNoRecovery() {
        var schedule = servedUntilTheAct()
                .fail(20, 50)
                .ok(50, 51)
                .fail(51, 80)
                .ok(80, 140)
                .end();
        assertThat(longest(schedule.history()).measured())
                .isBetween(Duration.ofMillis(5_900), Duration.ofMillis(6_100));
    }

    @Test
    void twoOutagesWithASettledWindowBetweenThemAreTwo() {
        var schedule = servedUntilTheAct()
                .fail(20, 50)
                .ok(50, 80)
                .fail(80, 100)
                .ok(100, 140)
                .end();
        assertThat(outages(schedule.history())).hasSize(2);
        assertThat(longest(schedule.history()).measured())
                .isBetween(Duration.ofMillis(2_900), Duration.ofMillis(3_100));
    }

    @Test
    void aLateAnswerShortlyBeforeTheActIsNotCharged() {
        var schedule = everyTenthOfASecond();
        schedule.ok(0, 15)
                .ops(15, 16, Op.Outcome.OK, Duration.ofMillis(400))
                .ok(16, 30)
                .act(3_000);
        schedule.fail(30, 40).ok(40, 80).end();
        assertThat(longest(schedule.history()).measured()).isBetween(Duration.ofMillis(900), Duration.ofMillis(1_100));
    }

    @Test
    void outagesBeforeTheActAreNobodysBusiness() {
        var schedule = everyTenthOfASecond();
        schedule.ok(0, 5).fail(5, 8).ok(8, 60).act(6_000).ok(60, 100).end();
        assertThat(outages(schedule.history())).isEmpty();
        assertThat(judge(schedule.history()).because()).isEqualTo("no client noticed anything");
    }

    @Test
    void rejectsWhatIsTooLong() {
        var schedule = servedUntilTheAct().fail(20, 72).ok(72, 110).end();
        var finding = judge(schedule.history());
        assertThat(finding.verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(finding.because()).startsWith("c was served again after 5.2").contains(", promised 5 s");
    }

    @Test
    void acceptsWhatIsShortEnough() {
        var schedule = servedUntilTheAct().fail(20, 68).ok(68, 110).end();
        assertThat(judge(schedule.history()).verdict()).isEqualTo(Verdict.HELD);
    }

    @Test
    void aStallDoesNotHideTheOutageThatIsCertain() {
        var schedule = servedUntilTheAct()
                .fail(20, 32)
                .ok(32, 80)
                .late(80, 120)
                .ok(120, 160)
                .end();
        assertThat(judge(schedule.history()).because()).startsWith("c was served again after 1.2 s (±0.");
        var stallAlone =
                servedUntilTheAct().ok(20, 80).late(80, 120).ok(120, 160).end();
        assertThat(judge(stallAlone.history()).because())
                .isEqualTo("no client noticed anything for certain; at most 4.1 s");
    }

    @Test
    void theWorstClientDecides() {
        var schedule = new Histories();
        schedule.client(FakeService.client("new", Duration.ofMillis(100)));
        schedule.ok(0, 20).act(2_000).fail(20, 30).ok(30, 120);
        schedule.client(FakeService.client("reused", Duration.ofMillis(100)));
        schedule.ok(0, 20).fail(20, 90).ok(90, 120).end();
        var finding = judge(schedule.history());
        assertThat(finding.verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(finding.because()).startsWith("reused was served again after 7");
        assertThat(finding.outages()).extracting(Outage::client).containsExactly("new", "reused");
    }

    @Test
    void shedRequestsAreDark() {
        var schedule = servedUntilTheAct()
                .ops(20, 80, Op.Outcome.SHED, Duration.ZERO)
                .ok(80, 110)
                .end();
        assertThat(judge(schedule.history()).verdict()).isEqualTo(Verdict.BROKEN);
    }

    @Test
    void anOutageThatNeverEndsIsBrokenOnceItIsLongEnough() {
        var schedule = servedUntilTheAct().fail(20, 80).end();
        var finding = judge(schedule.history());
        assertThat(finding.verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(finding.because()).contains("still not served when the clients stopped");
    }

    @Test
    void aSlowFirstAnswerIsNotTakenForOneThatWaitedInTheDark() {
        var schedule = servedUntilTheAct()
                .fail(20, 30)
                .ops(30, 31, Op.Outcome.OK, Duration.ofMillis(40))
                .ok(31, 60)
                .end();
        assertThat(outages(schedule.history()))
                .singleElement()
                .satisfies(outage -> assertThat(outage.error()).isGreaterThan(Duration.ofMillis(100)));
    }

    @Test
    void whatBeginsAfterTheLedgersTurnIsNotJudged() {
        var late = servedUntilTheAct().fail(20, 25).ok(25, 60).end().fail(60, 70);
        assertThat(judge(late.history()).verdict()).isEqualTo(Verdict.HELD);
        var across = servedUntilTheAct()
                .fail(20, 25)
                .ok(25, 59)
                .fail(59, 60)
                .end()
                .fail(60, 70)
                .ok(70, 100);
        assertThat(judge(across.history()).because()).contains("served again after 1.1 s");
    }

    @Test
    void anOutageThatNeverEndsProvesNothingBefore() {
        var schedule = servedUntilTheAct().fail(20, 60).end();
        assertThat(judge(schedule.history()).verdict()).isEqualTo(Verdict.VOID);
    }

    @Test
    void aStallProvesNothingOnlyWhenTheLimitLiesWithinTheError() {
        assertThat(stalledOutage(40, 70).verdict()).isEqualTo(Verdict.VOID); // 4 s to 7 s, promised 5 s
        assertThat(stalledOutage(20, 45).verdict()).isEqualTo(Verdict.HELD); // 2 s to 4.5 s
        assertThat(stalledOutage(60, 90).verdict()).isEqualTo(Verdict.BROKEN); // 6 s to 9 s
    }

    /** Dark for so many tenths of a second, then nothing is sent for a while, then all is well. */
    private static Finding stalledOutage(int darkTenths, int servedTenths) {
        var schedule = servedUntilTheAct().fail(20, 20 + darkTenths);
        schedule.late(20 + darkTenths, 20 + servedTenths)
                .ok(20 + servedTenths, 60 + servedTenths)
                .end();
        return judge(schedule.history());
    }

    @Test
    void theOrderOfTheEntriesMakesNoDifference() {
        var schedule = servedUntilTheAct().fail(20, 72).ok(72, 110).end();
        var expected = judge(schedule.history());
        var entries = new ArrayList<>(schedule.history().entries());
        Collections.shuffle(entries.subList(2, entries.size()), new Random(1));
        assertThat(judge(new History(entries))).isEqualTo(expected);
    }

    @Test
    void noClientNoActNoEndProveNothing() {
        assertThat(judge(new Histories().act(1_000).end().history()).because()).isEqualTo("no client ever ran");
        var client = FakeService.client("c", Duration.ofMillis(100));
        assertThat(judge(new Histories().client(client).ok(0, 50).end().history())
                        .verdict())
                .isEqualTo(Verdict.VOID);
        assertThat(judge(new Histories().client(client).act(100).ok(0, 50).history())
                        .verdict())
                .isEqualTo(Verdict.VOID);
    }

    /** Its request {@code n} is due after {@code n} tenths of a second. */
    private static Histories everyTenthOfASecond() {
        return new Histories().client(FakeService.client("c", Duration.ofMillis(100)));
    }

    /** Two seconds and 20 requests of that. */
    private static Histories servedUntilTheAct() {
        return everyTenthOfASecond().ok(0, 20).act(2_000);
    }

    private static History run(
            Duration spacing, Duration latency, Dark dark, Duration act, Consumer<FakeTime> more, Duration downtime) {
        var time = new FakeTime();
        var service = new FakeService(time).latency(latency).whenDown(dark);
        var entries = new ArrayList<Entry>();
        entries.add(Histories.began());
        var client = new Client("c", Op.Kind.WRITE, Op.Connection.NEW, spacing, Duration.ofSeconds(1), 200);
        var running = service.writes(client).start(time, entries::add);
        time.at(act.toNanos(), () -> {
            entries.add(Histories.injecting(time.nanos()));
            service.fail(downtime);
        });
        more.accept(time);
        time.pass(act.plus(downtime).plusSeconds(8));
        running.stop();
        entries.add(new Entry.PhaseBegan(time.nanos(), Phase.READ_BACK));
        time.pass(Duration.ofSeconds(2));
        assertThat(running.idle()).isTrue();
        return new History(entries);
    }

    private static List<Outage> outages(History history) {
        return Outages.of(history).get(history.clients().get(0));
    }

    private static Outage longest(History history) {
        return outages(history).stream()
                .max(Comparator.comparing(Outage::measured))
                .orElseThrow();
    }

    private static Finding judge(History history) {
        return Promises.servedAgainWithin(LIMIT).judge(history);
    }
}
