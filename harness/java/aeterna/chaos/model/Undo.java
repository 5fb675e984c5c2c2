package aeterna.chaos.model;

import java.util.SortedSet;
import java.util.TreeSet;

/** One step back, as data: replayed through the cluster ports by the runner, the watcher and {@code ./chaos heal} alike. */
public sealed interface Undo {
    /** Continue frozen machines. */
    record Thaw(SortedSet<String> nodes) implements Undo {
        public Thaw {
            nodes = new TreeSet<>(nodes);
        }
    }

    /** Switch machines on again. */
    record PowerOn(SortedSet<String> nodes) implements Undo {
        public PowerOn {
            nodes = new TreeSet<>(nodes);
        }
    }

    /** Connect machines to the network again. */
    record Reconnect(SortedSet<String> nodes) implements Undo {
        public Reconnect {
            nodes = new TreeSet<>(nodes);
        }
    }
}
