package aeterna.chaos.fault;

import aeterna.chaos.model.Degradation;
import aeterna.chaos.model.Target;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;

/** Every kind of fault that there is: what it is told, who sees it land, and one of its kind to try. */
public enum FaultKind {
    KILL_POD_GRACEFULLY("pods", Seen.POD_GONE, aims -> KillPod.of(aims.pod()).gracefully()),
    KILL_POD_ABRUPTLY("pods", Seen.POD_GONE, aims -> KillPod.of(aims.pod()).abruptly()),
    KILL_CONTAINER(
            "pods, container",
            "no process of the container's old id; restarts of all others",
            aims -> KillContainer.of(aims.pod(), aims.container())),
    FREEZE_POD("pods", Seen.STANDSTILL, aims -> FreezePod.of(aims.pod())),
    DRAIN_NODE("nodes, deadline", Seen.DRAINED, aims -> DrainNode.of(aims.node(), Seen.DEADLINE, aims.time())),
    DRAIN_ZONE("zone, deadline", Seen.DRAINED, aims -> DrainNode.of(aims.zone(), Seen.DEADLINE, aims.time())),
    POWER_OFF_NODE("nodes", Seen.NO_PROCESS, aims -> PowerOffNode.of(aims.node())),
    POWER_OFF_ZONE("zone", Seen.NO_PROCESS, aims -> PowerOffNode.of(aims.zone())),
    FREEZE_NODE("nodes", Seen.STANDSTILL, aims -> FreezeNode.of(aims.node())),
    FREEZE_ZONE("zone", Seen.STANDSTILL, aims -> FreezeNode.of(aims.zone())),
    ISOLATE_NODE("nodes", Seen.MATRIX, aims -> IsolateNode.of(aims.node())),
    ISOLATE_ZONE("zone", Seen.MATRIX, aims -> IsolateNode.of(aims.zone())),
    PARTITION("two sides", Seen.MATRIX, aims -> Partition.between(aims.zone(), aims.otherZone())),
    PARTITION_ONE_WAY(
            "sender, receiver",
            Seen.MATRIX + ", and in which kernels packets are dropped",
            aims -> Partition.from(aims.zone(), aims.otherZone())),
    LATENCY(
            "two sides, latency, jitter",
            "how long connections take, tried from inside the nodes",
            aims -> DegradeNetwork.between(aims.zone(), aims.otherZone(), Degradation.latency(Duration.ofMillis(50)))),
    LOSS(
            "two sides, percent",
            Seen.COUNTERS,
            aims -> DegradeNetwork.between(aims.zone(), aims.otherZone(), Degradation.loss(10))),
    BANDWIDTH(
            "two sides, kbit/s",
            Seen.COUNTERS,
            aims -> DegradeNetwork.between(aims.zone(), aims.otherZone(), Degradation.bandwidth(512))),
    DNS_LOSS("pods", "questions for a name, asked from inside the pods", aims -> DnsLoss.of(aims.pod())),
    FILL_VOLUME("pods, path", "what the file system says is left", aims -> FillVolume.of(aims.keeper(), aims.volume())),
    STRESS_CPU(
            "nodes, threads, millicores",
            "time for which the kernel kept threads waiting",
            aims -> StressCpu.of(aims.node(), 2, 200)),
    STRESS_MEMORY(
            "nodes, MiB", "memory that the kernel counts for the node", aims -> StressMemory.of(aims.node(), 256)),
    SKEW_CLOCK("nodes, how far", "the nodes' clocks", aims -> SkewClock.of(aims.node(), Duration.ofMinutes(5))),
    CONTROL_PLANE_OUTAGE(
            "",
            "connections to the API and to the rest of its machine, tried from inside the nodes",
            aims -> ControlPlaneOutage.ofTheApi()),
    LOSE_VOLUME("pods", "the claim's uid; " + Seen.POD_GONE, aims -> LoseVolume.of(aims.keeper())),
    TOGETHER("faults", "each fault's own", aims -> Together.of(FreezePod.of(aims.pod()), IsolateNode.of(aims.zone()))),
    IN_SEQUENCE(
            "pause, faults",
            "each fault's own",
            aims -> Together.inSequence(
                    Duration.ofSeconds(1), aims.time(), KillPod.of(aims.pod()).abruptly(), FreezeNode.of(aims.zone()))),
    REPEATEDLY(
            "fault, times, pause",
            "the fault's own, each time",
            aims -> Repeatedly.of(KillPod.of(aims.pod()).abruptly(), 3, Duration.ofSeconds(5), aims.time()));

    private final String parameters;
    private final String witness;
    /** Without state, like all of them; but a function's type does not say so. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final Function<Aims, Fault> example;

    FaultKind(String parameters, String witness, Function<Aims, Fault> example) {
        this.parameters = parameters;
        this.witness = witness;
        this.example = example;
    }

    /**
     * Whom to try them on.
     *
     * @param pod one or more pods
     * @param keeper a pod that keeps data on a claimed volume
     * @param node one or more workers
     * @param zone a zone
     * @param otherZone another one
     * @param container the name of a container in {@code pod}
     * @param volume where a volume of {@code keeper} is mounted
     * @param time what pauses between acts
     */
    public record Aims(
            Target pod,
            Target keeper,
            Target node,
            Target zone,
            Target otherZone,
            String container,
            String volume,
            Timekeeper time) {}

    /** As people write it, such as {@code freeze-zone}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it is told, in words. */
    public String parameters() {
        return parameters;
    }

    /** By what it is seen to have landed, and only there. */
    public String witness() {
        return witness;
    }

    /** One of its kind: a {@link HeldFault} or a {@link OneShotFault}. */
    public Fault on(Aims aims) {
        return example.apply(aims);
    }

    /** What several of them have in common. */
    private static final class Seen {
        static final Duration DEADLINE = Duration.ofMinutes(2);
        static final String POD_GONE = "the pod's uid, and no process of it in its node's kernel";
        static final String STANDSTILL = "the state of every process, in the host's kernel";
        static final String NO_PROCESS = "not one process left, in the host's kernel";
        static final String DRAINED = "cordons, and no process of evictable pods in the nodes' kernels";
        static final String MATRIX = "connections between all points, tried from inside";
        static final String COUNTERS = "packets that the kernels have counted";

        private Seen() {}
    }
}
