package aeterna.chaos.time;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private final FakeTime time = new FakeTime();
    private final ArrayList<String> heard = new ArrayList<>();

    private Rounds<String> asking(int answersUntil, int answersAgainFrom) {
        var asked = new AtomicInteger();
        return Rounds.begin(
                time,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                () -> {
                    var round = asked.incrementAndGet();
                    if (round > answersUntil && round < answersAgainFrom) {
                        throw new IllegalStateException("round " + round);
                    }
                    return "answer " + round;
                },
                heard::add,
                (why, first) -> heard.add(why + (first ? ", the first" : "")));
    }

    @Test
    void asksAtOnceAndGoesOnWhenNobodyAnswers() {
        asking(1, 4);
        assertThat(heard).containsExactly("answer 1");
        time.pass(Duration.ofMillis(3_100));
        assertThat(heard).containsExactly("answer 1", "round 2, the first", "round 3", "answer 4");
    }

    @Test
    void nobodyIsAskedAfterTheEnd() {
        var rounds = asking(9, 9);
        rounds.end();
        rounds.end();
        time.pass(Duration.ofSeconds(3));
        assertThat(heard).containsExactly("answer 1");
    }
}
