package aeterna.chaos.time;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.pollinterval.FixedPollInterval;

/**
 * Waits until something is so; never measures how long that took.
 *
 * @param patience when to stop looking
 * @param interval the pause between two looks
 */
public record Waiting(Duration patience, Duration interval) {
    /** Looks again after a tenth of a second. */
    public static Waiting atMost(Duration patience) {
        return new Waiting(patience, Duration.ofMillis(100));
    }

    /** The same patience with another pause between two looks. */
    public Waiting every(Duration pause) {
        return new Waiting(patience, pause);
    }

    /**
     * Looks until what it sees satisfies the condition; an exception while looking counts as "not yet".
     *
     * @return what satisfied it, or empty when the patience ran out
     */
    public <T> Optional<T> until(Callable<T> look, Predicate<T> condition) {
        try {
            return Optional.of(Awaitility.await()
                    .dontCatchUncaughtExceptions()
                    .pollInSameThread()
                    .ignoreExceptions()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(new FixedPollInterval(interval))
                    .atMost(patience)
                    .until(look, condition));
        } catch (ConditionTimeoutException ranOut) {
            return Optional.empty();
        }
    }

    /** Looks until the condition is true; false when the patience ran out. */
    public boolean untilTrue(Callable<Boolean> condition) {
        return until(condition, Boolean::booleanValue).isPresent();
    }
}
