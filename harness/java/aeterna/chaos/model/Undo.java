package aeterna.chaos.model;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One step back, as data: replayed through the cluster ports by the runner, the watcher and {@code ./chaos heal} alike.
 * Each may be taken twice, and after an act that was never done or only half done.
 */
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

    /** Continue the processes of frozen pods. */
    record ThawPods(SortedSet<Place> pods) implements Undo {
        public ThawPods {
            pods = new TreeSet<>(pods);
        }
    }

    /** Let nodes take new pods again. */
    record Uncordon(SortedSet<String> nodes) implements Undo {
        public Uncordon {
            nodes = new TreeSet<>(nodes);
        }
    }

    /**
     * Take away every rule and queue of an act, in all nodes and pods, and end its helpers.
     *
     * @param tag what names the act
     */
    record ClearTraffic(String tag) implements Undo {}

    /**
     * End whatever uses up processor time or memory, and lift the limits.
     *
     * @param tag what names the act
     * @param nodes which nodes were limited for it
     */
    record EndStrain(String tag, SortedSet<String> nodes) implements Undo {
        public EndStrain {
            nodes = new TreeSet<>(nodes);
        }
    }

    /**
     * Remove what fills a volume.
     *
     * @param pod whose volume
     * @param path where it is mounted in the pod
     */
    record EmptyVolume(Place pod, String path) implements Undo {}
}
