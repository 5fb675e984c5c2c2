package aeterna.chaos.bench;

import java.time.Duration;
import java.util.List;

/**
 * One downtime as the server itself saw it; moments are nanoseconds on the server's own monotonic clock.
 *
 * @param stopped after this moment no request was answered
 * @param resumed from this moment on every request was answered
 * @param gaps what each client got to feel of it
 */
record Truth(long stopped, long resumed, List<Gap> gaps) {
    Truth {
        gaps = List.copyOf(gaps);
    }

    /** The server's downtime. */
    Duration downtime() {
        return Duration.ofNanos(resumed - stopped);
    }

    /**
     * The gap between two of one client's requests that the server answered well.
     *
     * @param lastKey what the last one before the downtime wrote
     * @param last when it was answered
     * @param firstKey what the first one after the downtime wrote
     * @param first when it was answered
     */
    record Gap(String lastKey, long last, String firstKey, long first) {
        Duration length() {
            return Duration.ofNanos(first - last);
        }
    }
}
