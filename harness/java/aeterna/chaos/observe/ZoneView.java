package aeterna.chaos.observe;

import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Prober.Attempt;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Place;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.model.Words;
import aeterna.chaos.model.Zone;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a zone's own clients would see: connections are tried from inside every zone to every pod of some services, on a
 * fixed schedule, and it is written down how many answer whenever that changes. They are no clients of the run: what a cut-off
 * zone does not reach breaks no promise.
 *
 * @param testbed whose zones
 * @param namespace of the services' pods
 * @param services by name, each with what a pod of it carries and where it listens
 * @param time the runner's own
 */
public record ZoneView(Testbed testbed, String namespace, List<Service> services, Timekeeper time) implements Observer {
    /** Few enough to cost a small part of one core, and within what zone outages last. */
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private static final Duration LIMIT = Duration.ofSeconds(5);

    public ZoneView {
        services = List.copyOf(services);
    }

    /**
     * What is tried to be reached.
     *
     * @param name as in the report
     * @param label a label of its pods
     * @param value that label's value
     * @param port where its pods listen
     */
    public record Service(String name, String label, String value, int port) {}

    /** A service as seen from a zone. */
    private record View(String zone, String service) implements Comparable<View> {
        @Override
        public int compareTo(View other) {
            return (zone + service).compareTo(other.zone + other.service);
        }
    }

    @Override
    public Watch watch(Recorder recorder) {
        var looking = new Looking(recorder);
        looking.at(time.nanos());
        return () -> {
            looking.over = true;
            looking.sum();
        };
    }

    /** One watch under way; looks once at a time. */
    private final class Looking {
        private final Recorder recorder;
        private final Map<View, String> known = new TreeMap<>();
        private final Map<View, int[]> rounds = new TreeMap<>();
        private List<PodStatus> pods = List.of();
        private volatile boolean over;

        Looking(Recorder recorder) {
            this.recorder = recorder;
        }

        /** The next look is due an interval after this one was, however long this one takes; what cannot be caught up is left out. */
        void at(long due) {
            if (over) {
                return;
            }
            try {
                time.within(LIMIT, () -> {
                    look();
                    return true;
                });
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            } catch (Exception unseen) {
                recorder.record(new Entry.Trouble(
                        time.nanos(),
                        "the view from the zones",
                        unseen.getMessage() == null ? "no answer in time" : unseen.getMessage()));
            }
            var next = Math.max(due + INTERVAL.toNanos(), time.nanos());
            time.at(next, () -> at(next));
        }

        private void look() {
            refresh();
            var views = new ArrayList<View>();
            var attempts = new ArrayList<Attempt>();
            var targets = new ArrayList<String>();
            for (var zone : testbed.topology().zones()) {
                for (var node : testbed.topology().nodesIn(new Zone(zone.name()))) {
                    for (var service : services) {
                        for (var pod : pods) {
                            if (service.value().equals(pod.labels().get(service.label()))) {
                                views.add(new View(zone.name(), service.name()));
                                targets.add(pod.id());
                                attempts.add(Attempt.connect(Place.of(node.name()), pod.address(), service.port()));
                            }
                        }
                    }
                }
            }
            if (attempts.isEmpty()) {
                return;
            }
            var contacts = testbed.prober().reach(attempts);
            var all = new TreeMap<View, Map<String, Boolean>>();
            for (int i = 0; i < views.size(); i++) {
                all.computeIfAbsent(views.get(i), view -> new TreeMap<>())
                        .merge(targets.get(i), contacts.get(i).answered(), Boolean::logicalOr);
            }
            all.forEach(this::tell);
        }

        /** While the API does not answer, the pods are where they were. */
        private void refresh() {
            try {
                pods = testbed.cluster().pods().stream()
                        .filter(pod -> pod.namespace().equals(namespace) && pod.ready() && !pod.terminating())
                        .filter(pod -> !pod.address().isEmpty())
                        .toList();
            } catch (RuntimeException unreachable) {
                if (pods.isEmpty()) {
                    throw unreachable;
                }
            }
        }

        private void tell(View view, Map<String, Boolean> reached) {
            var answered = reached.values().stream().filter(yes -> yes).count();
            var tally = rounds.computeIfAbsent(view, seen -> new int[2]);
            tally[0]++;
            tally[1] += answered > 0 ? 1 : 0;
            var now = "reaches " + answered + " of " + reached.size() + " " + view.service();
            var before = known.put(view, now);
            if (!now.equals(before)) {
                recorder.record(new Entry.Observed(time.nanos(), "in-zone", view.zone(), now));
            }
        }

        void sum() {
            rounds.forEach((view, tally) -> recorder.record(new Entry.Observed(
                    time.nanos(),
                    "in-zone",
                    view.zone(),
                    "reached some " + view.service() + " in " + tally[1] + " of " + tally[0] + " looks, one every "
                            + Words.of(INTERVAL))));
        }
    }
}
