package aeterna.chaos.observe;

import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.PodListener;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Subscription;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Evidence;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.time.Timekeeper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps what pods printed that nobody can be asked for afterwards: those that were deleted, restarted, or are on a lost node.
 * Follows the logs of all pods of a namespace during a run, in memory. Thread-safe.
 */
public final class LastWords implements Observer, Evidence {
    /** What a pod printed before the run is its own story; these lines tell in what state it was. */
    private static final int LINES_BEFORE = 50;

    /** Of each incarnation of a pod the end is kept, in bytes: some thousand lines. With 100 incarnations 25 MiB. */
    private static final int BYTES = 256 * 1024;

    /** A crash loop makes new incarnations without end; the first of them tell the cause. */
    private static final int INCARNATIONS = 100;

    private final Cluster cluster;
    private final String namespace;
    private final Timekeeper time;
    private final Map<String, Followed> incarnations = new LinkedHashMap<>();
    private boolean closed;

    /**
     * @param time the runner's own
     */
    public LastWords(Cluster cluster, String namespace, Timekeeper time) {
        this.cluster = cluster;
        this.namespace = namespace;
        this.time = time;
    }

    @Override
    public Watch watch(Recorder recorder) {
        var subscription = cluster.listen(namespace, new PodListener() {
            @Override
            public void seen(PodStatus pod) {
                if (pod.phase().equals("Running")) {
                    heard(pod, recorder);
                }
            }

            @Override
            public void gone(PodStatus pod) {}

            @Override
            public void missed(String why) {}
        });
        return () -> {
            subscription.close();
            close();
        };
    }

    private synchronized void heard(PodStatus pod, Recorder recorder) {
        var incarnation =
                pod.name() + "." + pod.uid().substring(0, Math.min(8, pod.uid().length()))
                        + (pod.restarts() == 0 ? "" : "-" + pod.restarts());
        if (closed || incarnations.containsKey(incarnation) || incarnations.size() == INCARNATIONS) {
            return;
        }
        var followed = new Followed(pod, new End(BYTES));
        incarnations.put(incarnation, followed);
        // Not on the listener's thread: asking for a log of a pod on a frozen node takes as long as it takes.
        time.at(time.nanos(), () -> follow(followed, recorder));
    }

    private void follow(Followed followed, Recorder recorder) {
        var pod = followed.pod;
        try {
            var subscription = cluster.follow(namespace, pod.name(), LINES_BEFORE, followed.end::add);
            if (!keep(followed, subscription)) {
                subscription.close();
            }
        } catch (RuntimeException refused) {
            recorder.record(
                    new Entry.Trouble(time.nanos(), "log of " + pod.id(), String.valueOf(refused.getMessage())));
        }
    }

    /** False when the run ended meanwhile. */
    private synchronized boolean keep(Followed followed, Subscription subscription) {
        followed.subscription = subscription;
        return !closed;
    }

    private void close() {
        List<Followed> all;
        synchronized (this) {
            closed = true;
            all = new ArrayList<>(incarnations.values());
        }
        all.forEach(followed -> followed.subscription.close());
    }

    /** Writes the logs of those that are gone, or are not Ready now, into {@code logs/<pod>.<uid>.log}. */
    @Override
    public void collect(Path folder) throws IOException {
        var alive = cluster.pods().stream()
                .filter(pod -> pod.ready() && !pod.terminating())
                .map(LastWords::incarnation)
                .toList();
        Map<String, Followed> all;
        synchronized (this) {
            all = new LinkedHashMap<>(incarnations);
        }
        var logs = Files.createDirectories(folder.resolve("logs"));
        for (var entry : all.entrySet()) {
            var text = entry.getValue().end.text();
            if (!alive.contains(incarnation(entry.getValue().pod)) && !text.isBlank()) {
                Files.writeString(logs.resolve(entry.getKey() + ".log"), text);
            }
        }
    }

    private static String incarnation(PodStatus pod) {
        return pod.uid() + "#" + pod.restarts();
    }

    @Override
    public String toString() {
        return "the logs of pods that are gone";
    }

    private static final class Followed {
        final PodStatus pod;
        final End end;
        Subscription subscription = () -> {};

        Followed(PodStatus pod, End end) {
            this.pod = pod;
            this.end = end;
        }
    }

    /** The last bytes of a stream, from the beginning of a line. Thread-safe. */
    private static final class End {
        private final byte[] ring;
        private long total;

        End(int size) {
            ring = new byte[size];
        }

        synchronized void add(byte[] piece) {
            for (var one : piece) {
                ring[(int) (total++ % ring.length)] = one;
            }
        }

        synchronized String text() {
            var length = (int) Math.min(total, ring.length);
            var bytes = new byte[length];
            for (var i = 0; i < length; i++) {
                bytes[i] = ring[(int) ((total - length + i) % ring.length)];
            }
            var text = new String(bytes, StandardCharsets.UTF_8);
            return total <= ring.length
                    ? text
                    : "(" + (total - length) + " bytes before this are not kept)\n"
                            + text.substring(text.indexOf('\n') + 1);
        }
    }
}
