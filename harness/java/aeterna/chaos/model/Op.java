package aeterna.chaos.model;

/**
 * One request of a client, as the client saw it. Moments are nanoseconds on the run's monotonic clock.
 *
 * @param client which client sent it
 * @param kind what it does to the data
 * @param connection whether it had to connect first
 * @param scheduled when it was due; the moment it belongs to
 * @param sent when the client really began to send it; later than {@code scheduled} by the prober's own lateness
 * @param ended when it was answered or given up
 * @param outcome how it ended
 * @param key what it wrote or read, unique per write of the run
 * @param error what went wrong; empty when it is OK
 * @param instance which instance acknowledged it, such as a pod's name; empty when the answer did not say
 * @param timeline that instance's timeline; 0 when the answer did not say
 */
public record Op(
        String client,
        Kind kind,
        Connection connection,
        long scheduled,
        long sent,
        long ended,
        Outcome outcome,
        String key,
        String error,
        String instance,
        int timeline)
        implements Entry {
    /** What a request does to the data. */
    public enum Kind {
        READ,
        WRITE
    }

    /** Whether a request connects anew or goes over a connection that earlier ones used: the two fail differently. */
    public enum Connection {
        NEW,
        REUSED
    }

    /** How a request ended. */
    public enum Outcome {
        /** Answered well within the deadline; a write is acknowledged. */
        OK,
        /** Certainly without effect: refused, or answered with an error that says so. */
        FAIL,
        /** Nobody knows: a write that timed out is neither lost nor kept until it is read back. */
        UNKNOWN,
        /** Never sent: the client had no room for one more request in flight. */
        SHED
    }

    /** True when it was answered well and in time. */
    public boolean ok() {
        return outcome == Outcome.OK;
    }

    /** True for a write that the stack said it keeps. */
    public boolean acknowledged() {
        return kind == Kind.WRITE && ok();
    }

    @Override
    public long at() {
        return ended;
    }
}
