package aeterna.chaos.workload;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.time.Timekeeper;
import java.util.List;

/** Clients that keep working during a fault. Its {@code toString} is what the report says. */
public interface Workload {
    /** Starts the clients: each writes {@link Entry.ClientBegan} down, then every {@link aeterna.chaos.model.Op} as it ends. */
    Running start(Timekeeper time, Recorder recorder);

    /** Several workloads as one. */
    static Workload together(Workload... workloads) {
        return new Together(List.of(workloads));
    }

    /** Clients at work. */
    interface Running extends AutoCloseable {
        /** Schedules no further requests; returns at once. Stopping twice is stopping once. */
        void stop();

        /** True once stopped and every request has its outcome. */
        boolean idle();

        /** Reads the clients' writes back, from every place where they must or may be; empty for clients that only read. */
        List<Entry.ReadBack> readBack() throws Exception;

        /** Stops, and gives all connections back; requests still in flight are left behind. */
        @Override
        void close();
    }
}
