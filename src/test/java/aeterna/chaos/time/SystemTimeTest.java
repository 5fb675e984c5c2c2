package aeterna.chaos.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SystemTimeTest {
    private final Timekeeper time = Timekeeper.system();

    @Test
    void actsNeitherComeTooEarlyNorWaitForOneAnother() throws InterruptedException {
        var both = new CountDownLatch(2);
        var meeting = new CountDownLatch(1);
        var due = time.nanos() + Duration.ofMillis(20).toNanos();
        var early = new boolean[1];
        time.at(due, () -> {
            early[0] = time.nanos() < due;
            await(meeting); // returns only because the second act runs beside the first
            both.countDown();
        });
        time.at(due, () -> {
            meeting.countDown();
            both.countDown();
        });
        assertThat(both.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(early[0]).isFalse();
    }

    @Test
    void anActThatIsPastIsDoneAtOnce() throws InterruptedException {
        var done = new CountDownLatch(1);
        time.at(time.nanos() - 1_000_000, done::countDown);
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void workThatHangsIsInterruptedAndLeftBehind() throws InterruptedException {
        var interrupted = new CountDownLatch(1);
        assertThatThrownBy(() -> time.within(Duration.ofMillis(20), () -> {
                    try {
                        return new CountDownLatch(1).await(1, TimeUnit.HOURS);
                    } catch (InterruptedException stopped) {
                        interrupted.countDown();
                        throw stopped;
                    }
                }))
                .isInstanceOf(TimeoutException.class);
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatTheWorkThrowsOrReturnsComesThroughAsItIs() throws Exception {
        assertThat(time.<String>within(Duration.ofSeconds(10), () -> "done")).isEqualTo("done");
        assertThatThrownBy(() -> time.within(Duration.ofSeconds(10), () -> {
                    throw new IOException("disk");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("disk");
        assertThatThrownBy(() -> time.within(Duration.ofSeconds(10), () -> {
                    throw new StackOverflowError();
                }))
                .isInstanceOf(StackOverflowError.class);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
