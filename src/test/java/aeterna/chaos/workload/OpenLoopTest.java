package aeterna.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.fakes.FakeService;
import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.model.Client;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Op.Outcome;
import aeterna.chaos.workload.Connector.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenLoopTest {
    private static final Duration SPACING = Duration.ofMillis(20);

    private final FakeTime time = new FakeTime();
    private final List<Entry> entries = new ArrayList<>();

    private Workload.Running start(Op.Kind kind, int cap, Connector connector) {
        var client = new Client("API write, new", kind, Op.Connection.NEW, SPACING, Duration.ofSeconds(1), cap);
        return new OpenLoop(client, () -> connector, Reader.none()).start(time, entries::add);
    }

    private List<Op> ops() {
        return entries.stream().filter(Op.class::isInstance).map(Op.class::cast).toList();
    }

    @Test
    void theScheduleIsKeptWhateverTheAnswersTake() {
        var slow = Duration.ofMillis(700);
        start(Op.Kind.WRITE, 100, (key, deadline) -> {
            var answer = new CompletableFuture<Answer>();
            time.at(time.nanos() + slow.toNanos(), () -> answer.complete(Answer.ok("pg-1", 3)));
            return answer;
        });
        time.pass(Duration.ofSeconds(10));
        assertThat(ops()).hasSizeGreaterThan(460).allMatch(Op::acknowledged);
        assertThat(ops()).allMatch(op -> op.scheduled() % SPACING.toNanos() == 0 && op.sent() == op.scheduled());
        assertThat(ops()).allMatch(op -> op.ended() - op.sent() == slow.toNanos() && op.timeline() == 3);
        assertThat(ops())
                .extracting(Op::key)
                .doesNotHaveDuplicates()
                .allMatch(key -> key.matches("api-write-new-[a-z0-9]+-\\d+"));
    }

    @Test
    void aClientThatHangsShedsAtTheScheduledTimeAndNeverBeyondItsCap() {
        var asked = new ArrayList<String>();
        start(Op.Kind.WRITE, 10, (key, deadline) -> {
            asked.add(key);
            return new CompletableFuture<>();
        });
        time.pass(Duration.ofSeconds(10));
        assertThat(asked).hasSize(10);
        assertThat(ops().stream().filter(op -> op.outcome() == Outcome.UNKNOWN)).hasSize(10);
        assertThat(ops().stream().filter(op -> op.outcome() == Outcome.SHED))
                .hasSizeGreaterThan(480)
                .allMatch(op -> op.ended() == op.scheduled() && op.error().equals("10 requests are in flight already"));
    }

    @Test
    void roomIsGivenBackWhenTheConnectorLetsGo() {
        start(Op.Kind.WRITE, 10, (key, deadline) -> {
            var answer = new CompletableFuture<Answer>();
            time.at(time.nanos() + Duration.ofMillis(100).toNanos(), () -> answer.complete(Answer.ok()));
            return answer;
        });
        time.pass(Duration.ofSeconds(5));
        assertThat(ops()).isNotEmpty().allMatch(Op::ok);
    }

    @ParameterizedTest
    @CsvSource({"WRITE, UNKNOWN", "READ, FAIL"})
    void whatIsNotAnsweredInTimeIsUnknownForAWriteAndFailedForARead(Op.Kind kind, Outcome expected) {
        start(kind, 100, (key, deadline) -> {
            var answer = new CompletableFuture<Answer>();
            time.at(time.nanos() + deadline.toNanos() + 2, () -> answer.complete(Answer.ok()));
            return answer;
        });
        time.pass(Duration.ofSeconds(3));
        assertThat(ops())
                .isNotEmpty()
                .allMatch(op -> op.outcome() == expected && op.error().equals("no answer within 1 s"));
    }

    @Test
    void whateverAConnectorThrowsIsUnknown() {
        start(Op.Kind.WRITE, 10, (key, deadline) -> {
            throw new IllegalStateException("two\nlines");
        });
        time.pass(Duration.ofSeconds(1));
        assertThat(ops()).isNotEmpty().allMatch(op -> op.outcome() == Outcome.UNKNOWN);
        assertThat(ops().get(0).error()).isEqualTo("IllegalStateException: two lines");
        start(Op.Kind.WRITE, 10, (key, deadline) -> CompletableFuture.failedFuture(new IllegalStateException("reset")));
        time.pass(Duration.ofSeconds(1));
        assertThat(ops().get(ops().size() - 1).error()).isEqualTo("IllegalStateException: reset");
    }

    @Test
    void aStallOfOursEndsInNoBurst() {
        var asked = new ArrayList<String>();
        start(Op.Kind.WRITE, 1_000, (key, deadline) -> {
            asked.add(key);
            return Answer.ok().now();
        });
        time.pass(Duration.ofSeconds(1));
        var before = asked.size();
        time.stall(Duration.ofSeconds(30));
        time.pass(Duration.ofMillis(5));
        assertThat(asked.size() - before).isLessThanOrEqualTo(52); // those that could still make their deadline
        assertThat(ops().stream().filter(op -> op.outcome() == Outcome.SHED))
                .hasSizeGreaterThan(1_400)
                .allMatch(op -> op.error().startsWith("the prober was late by "));
    }

    @Test
    void stoppedAndIdleOnceEveryRequestHasItsOutcome() {
        var running = start(Op.Kind.WRITE, 10, (key, deadline) -> new CompletableFuture<>());
        time.pass(Duration.ofMillis(50));
        assertThat(running.idle()).isFalse();
        running.stop();
        assertThat(running.idle()).isFalse();
        time.pass(Duration.ofSeconds(2));
        assertThat(running.idle()).isTrue();
        assertThat(ops()).hasSize(3);
    }

    @Test
    void togetherTheyAreOne() throws Exception {
        var service = new FakeService(time);
        var running = Workload.together(
                        service.writes(FakeService.client("one", SPACING)),
                        service.writes(FakeService.client("two", SPACING)))
                .start(time, entries::add);
        time.pass(Duration.ofSeconds(1));
        running.stop();
        time.pass(Duration.ofSeconds(1));
        assertThat(running.idle()).isTrue();
        assertThat(running.readBack()).extracting(Entry.ReadBack::client).containsExactly("one", "two");
        assertThat(service.rows().values()).allMatch(copies -> copies == 1).hasSizeGreaterThan(90);
        running.close();
    }

    @Test
    void ofSeveralThatCannotAllBeginNoneIsLeft() {
        var service = new FakeService(time);
        var half = Workload.together(service.writes(FakeService.client("one", SPACING)), (paced, recorder) -> {
            throw new IllegalStateException("no");
        });
        assertThatThrownBy(() -> half.start(time, entries::add)).hasMessage("no");
        time.pass(Duration.ofSeconds(1));
        assertThat(ops()).isEmpty();
        assertThat(Map.copyOf(service.rows())).isEmpty();
    }
}
