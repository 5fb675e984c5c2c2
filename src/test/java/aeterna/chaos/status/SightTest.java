package aeterna.chaos.status;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.model.Problem;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.time.Waiting;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SightTest {
    private static final Waiting SOON = Waiting.atMost(Duration.ofSeconds(10));

    private final Timekeeper time = Timekeeper.system();

    @Test
    void aLookThatHangsIsToldAndNeverDoubled() {
        var hang = new CountDownLatch(1);
        var looks = new AtomicInteger();
        var sight = new Sight<>(time, () -> {
            if (looks.incrementAndGet() == 2) {
                hang.await();
            }
            return "look " + looks.get();
        });
        sight.look();
        assertThat(SOON.untilTrue(sight::answered)).isTrue();
        assertThat(sight.seen()).isEqualTo(Seen.now("look 1"));

        sight.look();
        sight.look();
        assertThat(SOON.untilTrue(() -> !sight.seen().trouble().isEmpty())).isTrue();
        assertThat(sight.seen().trouble()).startsWith("no answer for 2.");
        assertThat(sight.seen().value()).contains("look 1");
        assertThat(looks).hasValue(2);

        hang.countDown();
        assertThat(SOON.untilTrue(() -> sight.seen().equals(Seen.now("look 2"))))
                .isTrue();
    }

    @Test
    void aLookThatFailsKeepsWhatWasSeenBefore() {
        var looks = new AtomicInteger();
        var sight = new Sight<>(time, () -> {
            if (looks.incrementAndGet() > 1) {
                throw new Problem("the API server is gone", "Look at it.");
            }
            return "there";
        });
        sight.look();
        assertThat(SOON.untilTrue(sight::answered)).isTrue();
        sight.look();
        assertThat(SOON.untilTrue(() -> sight.seen().trouble().equals("the API server is gone")))
                .isTrue();
        assertThat(sight.seen().value()).contains("there");
    }
}
