package aeterna.chaos.model;

/** Watches the cluster during a run and writes down what it sees, such as {@link Entry.PodSeen}. */
@FunctionalInterface
public interface Observer {
    /** Begins to watch, what is there already included; closing the returned watch ends it. */
    Watch watch(Recorder recorder);

    /** A watch under way. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
