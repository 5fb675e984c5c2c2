package aeterna.chaos.time;

import java.time.Duration;
import java.time.Instant;

/** The one source of time, so that tests can turn it by hand. Thread-safe. */
public interface Clock {
    /** Nanoseconds on a monotonic clock with an arbitrary zero: for durations. */
    long nanos();

    /** Wall time: never for durations, only to line up with cluster events. */
    Instant wallTime();

    /** The time since an earlier reading of {@link #nanos()}. */
    default Duration since(long nanos) {
        return Duration.ofNanos(nanos() - nanos);
    }

    /** The machine's own clocks. */
    static Clock system() {
        return new Clock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public Instant wallTime() {
                return Instant.now();
            }
        };
    }
}
