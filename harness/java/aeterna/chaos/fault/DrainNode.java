package aeterna.chaos.fault;

import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Undo;
import aeterna.chaos.model.Words;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * A node, or every node of a zone, is drained as for maintenance: it takes no new pods, and those on it are evicted, so that
 * disruption budgets have a say. DaemonSets' pods stay, and data in emptyDir volumes is lost, as with {@code kubectl drain
 * --ignore-daemonsets --delete-emptydir-data}. Healed, it takes pods again.
 */
public final class DrainNode implements HeldFault {
    /** Between two attempts to evict a pod that may not go yet, as kubectl waits. */
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Target target;
    private final Duration deadline;
    private final Timekeeper time;

    private DrainNode(Target target, Duration deadline, Timekeeper time) {
        this.target = target;
        this.deadline = deadline;
        this.time = time;
    }

    /**
     * That node, all nodes of that zone, or the nodes of those pods.
     *
     * @param deadline when to give up, more than zero
     */
    public static DrainNode of(Target target, Duration deadline, Timekeeper time) {
        return new DrainNode(target, deadline, time);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.POD_PROCESSES);
    }

    @Override
    public Optional<Floor> floor() {
        return target.floor(Loss.ANNOUNCED);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var nodes = Machinery.nodes(testbed, target, chance);
        return new Plan(
                new Injected(Machinery.hit(testbed, nodes), List.of(new Undo.Uncordon(nodes))),
                () -> sight(testbed, nodes),
                () -> drain(testbed, nodes));
    }

    private void drain(Testbed testbed, NavigableSet<String> nodes) throws InterruptedException {
        var end = time.nanos() + deadline.toNanos();
        for (var node : nodes) {
            testbed.cluster().cordon(node, true);
        }
        var refused = new TreeMap<String, String>();
        while (true) {
            var left = evictable(testbed, nodes);
            if (left.isEmpty()) {
                return;
            }
            refused.keySet().retainAll(Machinery.ids(left));
            for (var pod : left) {
                if (!pod.terminating()) {
                    evict(testbed, pod, refused);
                }
            }
            if (time.nanos() >= end) {
                throw new Problem(
                        this + " did not end in " + Words.of(deadline) + ": " + why(left, refused),
                        "A budget that never allows it keeps a node from ever being drained: give the workload another"
                                + " replica or the budget more room.");
            }
            time.pause(AGAIN);
        }
    }

    private static void evict(Testbed testbed, PodStatus pod, Map<String, String> refused) {
        var eviction = testbed.cluster().evict(pod.namespace(), pod.name(), pod.uid());
        switch (eviction.answer()) {
            case ACCEPTED, GONE -> refused.remove(pod.id());
            case NOT_NOW -> refused.put(pod.id(), eviction.why());
            case NEVER ->
                throw new Problem(
                        pod.id() + " can never be evicted: " + eviction.why(),
                        eviction.why().contains("more than one PodDisruptionBudget")
                                ? "Let only one PodDisruptionBudget cover it."
                                : "Look at its namespace's disruption budgets.");
        }
    }

    private static String why(Collection<PodStatus> left, Map<String, String> refused) {
        return refused.isEmpty()
                ? Struck.some(Machinery.ids(List.copyOf(left))) + " still terminating"
                : String.join(
                        "; ",
                        refused.entrySet().stream()
                                .map(one -> one.getKey() + ": " + one.getValue())
                                .toList());
    }

    /** DaemonSets would put theirs back at once, nodes keep those that mirror a file of theirs, and finished ones use nothing. */
    private static List<PodStatus> evictable(Testbed testbed, Collection<String> nodes) {
        return testbed.cluster().pods().stream()
                .filter(pod -> nodes.contains(pod.node()))
                .filter(pod ->
                        !pod.owner().startsWith("DaemonSet/") && !pod.owner().startsWith("Node/"))
                .filter(pod -> !pod.phase().equals("Succeeded") && !pod.phase().equals("Failed"))
                .toList();
    }

    /** By what the nodes' own kernels still run of them, and by who takes no new pods. */
    private static Sighting sight(Testbed testbed, NavigableSet<String> nodes) {
        var cordoned = testbed.cluster().nodes().stream()
                .filter(NodeStatus::cordoned)
                .map(NodeStatus::name)
                .toList();
        var looks = testbed.podProcesses().look();
        var running = new TreeSet<String>();
        for (var pod : evictable(testbed, nodes)) {
            if (looks.get(pod.node()).pod(pod.uid()).processes() > 0) {
                running.add(pod.id());
            }
        }
        var sighting = Struck.compare(
                nodes,
                cordoned,
                Struck.some(cordoned) + " takes no new pods; still running there: " + Struck.some(running));
        return sighting.seen() == Seen.LANDED && !running.isEmpty()
                ? new Sighting(Seen.PARTLY, sighting.what())
                : sighting;
    }

    @Override
    public String toString() {
        return "drain " + target + " within " + Words.of(deadline);
    }
}
