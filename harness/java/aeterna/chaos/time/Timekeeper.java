package aeterna.chaos.time;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;

/** A clock that also paces and limits work, so that tests can run an hour in a millisecond. Thread-safe. */
public interface Timekeeper extends Clock {
    /**
     * Runs an act at that moment of {@link #nanos()}, or at once when it is past: on a thread of its own, never
     * waiting for another act.
     */
    void at(long nanos, Runnable act);

    /** Does nothing for that long. */
    void pause(Duration time) throws InterruptedException;

    /**
     * Does work that may hang: past the limit it is interrupted and left behind.
     *
     * @throws TimeoutException when the limit passed
     */
    <T> T within(Duration limit, Callable<T> work) throws Exception;

    /** The machine's own time, its zero being now. */
    static Timekeeper system() {
        return new SystemTime();
    }
}
