package aeterna.chaos.time;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * Asks the same question again and again, never twice at the same time, until it is ended. Nothing that is asked may be waited
 * for without end, and whoever does not answer is asked again.
 */
public final class Rounds<T> {
    private final Timekeeper time;
    private final Duration interval;
    private final Duration limit;
    private final Callable<T> question;
    private final Consumer<T> answered;
    private final Unanswered unanswered;
    private boolean silent;
    private volatile boolean over;

    private Rounds(
            Timekeeper time,
            Duration interval,
            Duration limit,
            Callable<T> question,
            Consumer<T> answered,
            Unanswered unanswered) {
        this.time = time;
        this.interval = interval;
        this.limit = limit;
        this.question = question;
        this.answered = answered;
        this.unanswered = unanswered;
    }

    /** Hears why a round came to nothing. */
    @FunctionalInterface
    public interface Unanswered {
        /**
         * One round came to nothing.
         *
         * @param first whether the round before it was answered
         */
        void heard(String why, boolean first);
    }

    /**
     * Asks at once, on the caller's thread, and from then on by itself.
     *
     * @param interval from the end of one round to the next
     * @param limit what one answer may take
     * @param answered hears every answer, one after another, never one that came too late
     */
    public static <T> Rounds<T> begin(
            Timekeeper time,
            Duration interval,
            Duration limit,
            Callable<T> question,
            Consumer<T> answered,
            Unanswered unanswered) {
        var rounds = new Rounds<>(time, interval, limit, question, answered, unanswered);
        rounds.askAndGoOn();
        return rounds;
    }

    private void askAndGoOn() {
        if (over) {
            return;
        }
        try {
            answered.accept(time.within(limit, question));
            silent = false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return;
        } catch (Exception failed) {
            unanswered.heard(failed.getMessage() == null ? "no answer in time" : failed.getMessage(), !silent);
            silent = true;
        }
        time.at(time.nanos() + interval.toNanos(), this::askAndGoOn);
    }

    /** No round begins any more; one may still be under way. */
    public void end() {
        over = true;
    }
}
