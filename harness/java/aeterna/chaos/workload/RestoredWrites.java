package aeterna.chaos.workload;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.client.RestoredCopy;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Op.Kind;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.workload.Reader.Found;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Writes of which those until a point in time are restored from a backup afterwards, and read back from there. */
public final class RestoredWrites {
    /** A little less than one attempt to read back may take; a restore takes longer, and is waited for by the next one. */
    private static final Duration ATTEMPT = Duration.ofSeconds(20);
    /** Between two looks at whether it is done. */
    private static final Duration LOOK = Duration.ofMillis(200);

    private RestoredWrites() {}

    /**
     * Written over new and over reused connections, thirty a second together.
     *
     * @param pointAfter when the point is, counted from the clients' beginning; more than zero, and before the act
     * @param restore restores everything as it was at that time
     */
    public static Workload through(Entrance entrance, Duration pointAfter, Function<Instant, RestoredCopy> restore) {
        return new Workload() {
            @Override
            public Running start(Timekeeper time, Recorder recorder) {
                var wallTime = time.wallTime().plus(pointAfter);
                recorder.record(new Entry.Observed(
                        time.nanos() + pointAfter.toNanos(),
                        "restore point",
                        entrance.toString(),
                        wallTime.toString()));
                var restoring = new Restoring(() -> restore.apply(wallTime), time, recorder);
                var clients = Clients.of(
                        Kind.WRITE,
                        entrance,
                        connection -> prefix ->
                                List.of(new Found("restored as of " + wallTime, false, restoring.kept(prefix))));
                return new Restored(clients.start(time, recorder), restoring);
            }

            @Override
            public String toString() {
                return entrance + " writes, restored";
            }
        };
    }

    private record Restored(Workload.Running clients, Restoring restoring) implements Workload.Running {
        @Override
        public void stop() {
            clients.stop();
        }

        @Override
        public boolean idle() {
            return clients.idle();
        }

        @Override
        public List<Entry.ReadBack> readBack() throws Exception {
            return clients.readBack();
        }

        @Override
        public void close() {
            clients.close();
            restoring.close();
        }
    }

    /** What a restore makes. */
    private interface Making {
        RestoredCopy make();
    }

    /** A restore under way, begun by whoever first asks what is in it. */
    private static final class Restoring {
        private final Making making;
        private final Timekeeper time;
        private final Recorder recorder;
        private CompletableFuture<RestoredCopy> copy;

        Restoring(Making making, Timekeeper time, Recorder recorder) {
            this.making = making;
            this.time = time;
            this.recorder = recorder;
        }

        /** Of a restore that failed, nothing is there: that is for the checker to judge. */
        Map<String, Integer> kept(String prefix) throws Exception {
            var begun = begin();
            var end = time.nanos() + ATTEMPT.toNanos();
            while (!begun.isDone()) {
                if (time.nanos() >= end) {
                    throw new TimeoutException("the restore is under way");
                }
                time.pause(LOOK);
            }
            return begun.isCompletedExceptionally() ? Map.of() : begun.join().kept(prefix);
        }

        private synchronized CompletableFuture<RestoredCopy> begin() {
            if (copy == null) {
                var begun = new CompletableFuture<RestoredCopy>();
                copy = begun;
                time.at(time.nanos(), () -> {
                    try {
                        begun.complete(making.make());
                    } catch (RuntimeException failed) {
                        recorder.record(
                                new Entry.Trouble(time.nanos(), "restore", String.valueOf(failed.getMessage())));
                        begun.completeExceptionally(failed);
                    }
                });
            }
            return copy;
        }

        synchronized void close() {
            if (copy != null && copy.isDone() && !copy.isCompletedExceptionally()) {
                copy.join().close();
            }
        }
    }
}
