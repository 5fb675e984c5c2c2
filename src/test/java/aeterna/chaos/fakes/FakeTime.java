package aeterna.chaos.fakes;

import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;

/** Time turned by hand: everything happens on one thread, in the order of its moments, whenever somebody pauses. */
public final class FakeTime implements Timekeeper {
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::nanos).thenComparingLong(Event::number));
    private long now;
    private long count;

    private record Event(long nanos, long number, Runnable act) {}

    /** What a call that never returns throws in its stead; an Error, so that nobody takes it for a failure. */
    private static final class Hanging extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** Thrown in the place of never returning, until the limit of {@link #within} passes. */
    public static Error hanging() {
        return new Hanging();
    }

    /** The whole process stands still for that long: time passes and nothing happens. */
    public void stall(Duration time) {
        now += time.toNanos();
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public Instant wallTime() {
        return Instant.parse("2026-01-01T00:00:00Z").plusNanos(now);
    }

    @Override
    public void at(long nanos, Runnable act) {
        events.add(new Event(nanos, count++, act));
    }

    @Override
    public void pause(Duration time) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        pass(time);
    }

    /** Lets that much time pass. */
    public void pass(Duration time) {
        var end = now + time.toNanos();
        while (!events.isEmpty() && events.peek().nanos() <= end) {
            var event = events.poll();
            now = Math.max(now, event.nanos());
            event.act().run();
        }
        now = Math.max(now, end);
    }

    @Override
    public <T> T within(Duration limit, Callable<T> work) throws Exception {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            return work.call();
        } catch (Hanging hanging) {
            pass(limit);
            throw new TimeoutException();
        }
    }
}
