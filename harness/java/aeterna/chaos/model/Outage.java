package aeterna.chaos.model;

import java.time.Duration;

/**
 * An interval in which a client was not served, with error bars. Moments are nanoseconds on the run's monotonic clock.
 *
 * @param client whose outage it is
 * @param from when the last OK request before it was answered
 * @param to when the first OK request of the settled window after it was answered; the end of the history while {@code open}
 * @param measured its most likely length
 * @param error the true length lies within {@code measured} ± this
 * @param open true when nobody was served again before the clients stopped: it lasted {@code measured} at least
 * @param stalled true when the prober itself stalled at one of its edges, which widened the error
 */
public record Outage(
        String client, long from, long to, Duration measured, Duration error, boolean open, boolean stalled) {
    /** The shortest it can have been. */
    public Duration atLeast() {
        var least = open ? measured : measured.minus(error);
        return least.isNegative() ? Duration.ZERO : least;
    }

    /** The longest it can have been; of no meaning while it is open. */
    public Duration atMost() {
        return measured.plus(error);
    }
}
