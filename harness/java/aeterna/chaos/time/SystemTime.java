package aeterna.chaos.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** The machine's own time. Its threads are daemons: a hung act never keeps the JVM alive. */
final class SystemTime implements Timekeeper {
    private final long zero = System.nanoTime();
    private final ExecutorService workers = Executors.newCachedThreadPool(daemons("work-"));
    /** Only hands acts over to the workers, so that no act delays the next one. */
    private final ScheduledExecutorService pacer = Executors.newSingleThreadScheduledExecutor(daemons("pacer-"));

    @Override
    public long nanos() {
        return System.nanoTime() - zero;
    }

    @Override
    public Instant wallTime() {
        return Instant.now();
    }

    @Override
    public void at(long nanos, Runnable act) {
        var unused = pacer.schedule(() -> workers.execute(act), nanos - nanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void pause(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    @Override
    public <T> T within(Duration limit, Callable<T> work) throws Exception {
        var pending = workers.submit(work);
        try {
            return pending.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw (Error) failed.getCause(); // a task throws nothing else
        } catch (TimeoutException | InterruptedException leftBehind) {
            pending.cancel(true);
            throw leftBehind;
        }
    }

    private static ThreadFactory daemons(String prefix) {
        var count = new AtomicInteger();
        return work -> {
            var thread = new Thread(work, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
