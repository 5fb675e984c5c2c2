package aeterna.chaos.observe;

import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Prober.Errand;
import aeterna.chaos.cluster.Subscription;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Client;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Place;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.model.Zone;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Every zone's own clients at work: in each zone they stand in one pod, and ask the stack's services in an open loop. What they
 * see is in the history; promises are not made to them, for a zone that is cut off is in the dark by right.
 *
 * @param testbed whose zones
 * @param namespace of the pods that they stand in, and of the services
 * @param label what those pods carry
 * @param value that label's value
 * @param services what they ask
 * @param time the runner's own
 */
public record ZoneClients(
        Testbed testbed, String namespace, String label, String value, List<Service> services, Timekeeper time)
        implements Observer {
    /** Fine enough to see what lasts a second, and for all zones together a few percent of one core. */
    private static final Duration SPACING = Duration.ofMillis(250);

    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private static final int CAP = 12;

    /** Between two looks at whether they still stand in the same pods. */
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private static final Duration LIMIT = Duration.ofSeconds(5);

    public ZoneClients {
        services = List.copyOf(services);
    }

    /**
     * What is asked of a Service.
     *
     * @param name as in the report, such as {@code api read}
     * @param service the Service's name
     * @param port its port
     * @param request what is sent, each character a byte
     * @param expected what a good answer begins with
     */
    public record Service(String name, String service, int port, String request, String expected) {}

    @Override
    public Watch watch(Recorder recorder) {
        var work = new Work(recorder);
        work.look(time.nanos());
        return work::end;
    }

    /** One watch under way; looks once at a time. */
    private final class Work {
        private final Recorder recorder;
        private final Map<String, String> addresses = new TreeMap<>();
        private final Map<String, Place> standing = new TreeMap<>();
        private final Map<String, Subscription> working = new TreeMap<>();
        private boolean over;

        Work(Recorder recorder) {
            this.recorder = recorder;
        }

        void look(long due) {
            if (ended()) {
                return;
            }
            try {
                time.within(LIMIT, () -> {
                    var pods = testbed.cluster().pods();
                    testbed.topology().zones().forEach(zone -> stand(zone, pods));
                    return true;
                });
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            } catch (Exception unseen) {
                trouble(unseen.getMessage() == null ? "no answer in time" : unseen.getMessage());
            }
            var next = Math.max(due + INTERVAL.toNanos(), time.nanos());
            time.at(next, () -> look(next));
        }

        /** While nobody else is there to stand in, the zone's clients stay where they are, and say that nobody is there. */
        private synchronized void stand(Zone zone, List<PodStatus> pods) {
            if (over) {
                return;
            }
            var pod = pod(zone, pods);
            if (pod.isEmpty() || pod.get().equals(standing.get(zone.name()))) {
                return;
            }
            var errands = services.stream()
                    .map(service -> new Errand(
                            client(zone, service),
                            pod.get(),
                            addresses.computeIfAbsent(service.service(), this::address),
                            service.port(),
                            service.request(),
                            service.expected()))
                    .toList();
            if (standing.put(zone.name(), pod.get()) == null) {
                errands.forEach(errand -> recorder.record(new Entry.ClientBegan(time.nanos(), errand.client())));
            }
            Optional.ofNullable(working.remove(zone.name())).ifPresent(Subscription::close);
            working.put(zone.name(), testbed.prober().work(errands, time, recorder::record, this::trouble));
        }

        private Optional<Place> pod(Zone zone, List<PodStatus> pods) {
            var nodes = testbed.topology().nodesIn(zone);
            return pods.stream()
                    .filter(pod -> pod.namespace().equals(namespace)
                            && value.equals(pod.labels().get(label)))
                    .filter(pod -> nodes.stream().anyMatch(node -> node.name().equals(pod.node())))
                    .filter(pod -> pod.phase().equals("Running") && !pod.terminating())
                    .min(Comparator.comparing(PodStatus::ready).reversed().thenComparing(PodStatus::id))
                    .map(pod -> new Place(pod.node(), pod.uid()));
        }

        private String address(String service) {
            return testbed.cluster()
                    .serviceAddress(namespace, service)
                    .orElseThrow(() -> new IllegalStateException("there is no Service " + service));
        }

        private void trouble(String what) {
            recorder.record(new Entry.Trouble(time.nanos(), "the zones' own clients", what));
        }

        private synchronized boolean ended() {
            return over;
        }

        synchronized void end() {
            over = true;
            working.values().forEach(Subscription::close);
        }
    }

    private static Client client(Zone zone, Service service) {
        return new Client(
                zone.name() + " " + service.name(),
                Op.Kind.READ,
                Op.Connection.NEW,
                SPACING,
                DEADLINE,
                CAP,
                zone.name());
    }
}
