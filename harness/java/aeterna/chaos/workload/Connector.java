package aeterna.chaos.workload;

import aeterna.chaos.model.Op.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * How one client's requests reach the stack: over HTTP, SQL or whatever it speaks. Thread-safe.
 *
 * <p>It is called on a thread of its own for every request, so it may block; whichever way it goes, the stage it returns
 * completes only when the request occupies nothing any more, neither a connection nor a session on the other side: until
 * then it counts as in flight. No retries, no redirects, no fast fallback.
 */
@FunctionalInterface
public interface Connector extends AutoCloseable {
    /**
     * Sends one request.
     *
     * @param key what to write or read
     * @param deadline how long the client will wait; let go of the request by then: one that never ends takes its room with it
     * @return its answer; a failed stage or a thrown exception is UNKNOWN
     */
    CompletionStage<Answer> send(String key, Duration deadline) throws Exception;

    /** Gives its connections back. */
    @Override
    default void close() {}

    /**
     * What came back.
     *
     * @param outcome OK, FAIL when it certainly had no effect, UNKNOWN otherwise
     * @param error what went wrong; empty when OK
     * @param instance who acknowledged it; empty when the answer does not say
     * @param timeline on which timeline; 0 when the answer does not say
     */
    record Answer(Outcome outcome, String error, String instance, int timeline) {
        /** Done by an instance on its timeline. */
        public static Answer ok(String instance, int timeline) {
            return new Answer(Outcome.OK, "", instance, timeline);
        }

        /** Done, nobody says by whom. */
        public static Answer ok() {
            return ok("", 0);
        }

        /** Certainly without effect. */
        public static Answer fail(String error) {
            return new Answer(Outcome.FAIL, error, "", 0);
        }

        /** Nobody knows. */
        public static Answer unknown(String error) {
            return new Answer(Outcome.UNKNOWN, error, "", 0);
        }

        /** This answer as the completed stage that a blocking connector returns. */
        public CompletionStage<Answer> now() {
            return CompletableFuture.completedFuture(this);
        }
    }
}
