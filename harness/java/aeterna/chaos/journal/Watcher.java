package aeterna.chaos.journal;

/** Somebody outside this process who undoes what is announced when this process dies, kill -9 included. Thread-safe. */
@FunctionalInterface
public interface Watcher {
    /**
     * Returns once somebody watches.
     *
     * @throws aeterna.chaos.model.Problem when nobody can
     */
    void demandWatching();

    /** Nobody: for those who only heal, and for tests. */
    static Watcher none() {
        return () -> {};
    }
}
