package aeterna.chaos.time;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Does small work again and again, until told to stop. Thread-safe. */
@FunctionalInterface
public interface Ticker {
    /**
     * Starts doing the work every so often, the first time after one interval.
     *
     * @param work must be short; what it throws ends the ticking
     */
    Ticking every(Duration interval, Runnable work);

    /** Work that is done again and again; closing it is the end of that. */
    interface Ticking extends AutoCloseable {
        @Override
        void close();
    }

    /** Ticks by the machine's clock, on a daemon thread per ticking, so that it never keeps the process alive. */
    static Ticker system() {
        return (interval, work) -> {
            var executor = new ScheduledThreadPoolExecutor(1, task -> {
                var thread = new Thread(task, "ticker");
                thread.setDaemon(true);
                return thread;
            });
            executor.setRemoveOnCancelPolicy(true);
            var ticking =
                    executor.scheduleWithFixedDelay(work, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
            return () -> {
                ticking.cancel(false);
                executor.shutdown();
            };
        };
    }
}
