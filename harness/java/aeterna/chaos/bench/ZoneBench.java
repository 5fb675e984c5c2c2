package aeterna.chaos.bench;

import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.journal.Healer;
import aeterna.chaos.journal.Journal;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Undo;
import aeterna.chaos.model.Zone;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.time.Waiting;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How close together the nodes of a zone fail, and whether they come back as they were: with the same node objects, the same
 * addresses, the same pods and what those had written.
 */
public final class ZoneBench {
    private static final String NAMESPACE = "chaos-bench-zone";

    /** What is promised: less than any timer in Kubernetes or the stack could tell apart. */
    private static final Duration LIMIT = Duration.ofMillis(250);

    /** Long enough that something is really away, and shorter than it takes to give a node up: this measures no failover. */
    private static final Duration HOLD = Duration.ofSeconds(3);

    private static final Waiting RETURNS = Waiting.atMost(Duration.ofMinutes(3));

    private final Testbed testbed;
    private final Journal journal;
    private final Timekeeper time;
    private final String busybox;
    private final PrintStream out;

    /** The ways in which a zone fails. */
    private enum Act {
        FREEZE,
        ISOLATE,
        POWER_OFF;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * @param busybox the image of pods that keep a mark in their volumes
     * @param out where the table goes
     */
    public ZoneBench(Testbed testbed, Journal journal, Timekeeper time, String busybox, PrintStream out) {
        this.testbed = testbed;
        this.journal = journal;
        this.time = time;
        this.busybox = busybox;
        this.out = out;
    }

    /**
     * Measures.
     *
     * @param rounds 1 or more; each act once in every round
     * @param folder where the raw results go
     * @return true when every zone failed within the limit and came back as it was
     */
    public boolean run(int rounds, Path folder) throws InterruptedException {
        var zone = largest();
        var raw = RawResults.create(folder, "zone", time.wallTime());
        testbed.cluster().apply(keepers());
        try {
            awaitKeepers();
            keeperByNode().forEach((node, keeper) -> in(keeper, "sh", "-c", "echo mark-of-" + node + " > /data/mark"));
            var missed = 0;
            var widest = 0L;
            for (var round = 1; round <= rounds; round++) {
                for (var act : Act.values()) {
                    var row = row(round, act, zone);
                    raw.add(row);
                    missed += Boolean.TRUE.equals(row.get("ok")) ? 0 : 1;
                    widest = Math.max(widest, (Long) row.get("skew_ms"));
                    out.println("round " + round + " of " + rounds + ": " + row);
                }
            }
            out.printf(
                    "%d of %d failed within %d ms and came back as they were; the widest skew was %d ms%n",
                    rounds * Act.values().length - missed, rounds * Act.values().length, LIMIT.toMillis(), widest);
            out.println("raw results: " + raw.file());
            return missed == 0;
        } finally {
            testbed.cluster().deleteNamespace(NAMESPACE);
        }
    }

    private SortedSet<String> largest() {
        var topology = testbed.topology();
        var zone = topology.zones().stream()
                .reduce((one, other) ->
                        topology.nodesIn(other).size() > topology.nodesIn(one).size() ? other : one)
                .filter(found -> topology.nodesIn(found).size() > 1)
                .orElseThrow(() -> new Problem(
                        "no zone of the topology " + topology.name() + " has two nodes",
                        "Measure on three-zones: ./chaos up --topology three-zones."));
        return nodesIn(zone);
    }

    private SortedSet<String> nodesIn(Zone zone) {
        return testbed.topology().nodesIn(zone).stream().map(Node::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private Map<String, Object> row(int round, Act act, SortedSet<String> zone) throws InterruptedException {
        var before = nodes();
        var keepers = uids();
        var undo =
                switch (act) {
                    case FREEZE -> new Undo.Thaw(zone);
                    case ISOLATE -> new Undo.Reconnect(zone);
                    case POWER_OFF -> new Undo.PowerOn(zone);
                };
        journal.announce(testbed.name(), act + " " + zone, List.of(undo));
        var row = new LinkedHashMap<String, Object>();
        row.put("round", round);
        row.put("act", act.toString());
        row.put("nodes", List.copyOf(zone));
        long healed;
        try {
            var began = time.nanos();
            var skew =
                    switch (act) {
                        case FREEZE -> testbed.machines().freeze(zone);
                        case ISOLATE -> testbed.machines().cutOff(zone);
                        case POWER_OFF -> testbed.machines().powerOff(zone);
                    };
            row.put("skew_ms", skew.toMillis());
            row.put("act_ms", time.since(began).toMillis());
            row.put("landed", broken().equals(zone));
            time.pause(HOLD);
        } finally {
            healed = time.nanos();
            journal.heal(testbed.name(), Healer.through(testbed));
        }
        row.put("heal_ms", time.since(healed).toMillis());
        // Asked of the pods themselves: of nodes that were off for seconds the API knows nothing yet.
        var data = RETURNS.untilTrue(this::marks);
        var same = data
                && RETURNS.untilTrue(() -> nodes().equals(before)
                        && uids().equals(keepers)
                        && keeperByNode().values().stream().allMatch(PodStatus::ready));
        row.put("whole_ms", time.since(healed).toMillis());
        row.put("same_nodes", same);
        row.put("same_data", data);
        row.put("ok", (Long) row.get("skew_ms") <= LIMIT.toMillis() && (Boolean) row.get("landed") && same);
        return row;
    }

    private SortedSet<String> broken() {
        return testbed.machines().all().stream()
                .filter(machine -> !machine.whole())
                .map(machine -> machine.node())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Every node that is Ready, with its object's uid and its address. */
    private List<String> nodes() {
        return testbed.cluster().nodes().stream()
                .filter(NodeStatus::ready)
                .map(node -> node.name() + " " + node.uid() + " " + node.address())
                .toList();
    }

    private Map<String, String> uids() {
        var uids = new TreeMap<String, String>();
        keeperByNode().forEach((node, keeper) -> uids.put(node, keeper.uid()));
        return uids;
    }

    private boolean marks() {
        return keeperByNode().entrySet().stream()
                .allMatch(keeper ->
                        in(keeper.getValue(), "cat", "/data/mark").strip().equals("mark-of-" + keeper.getKey()));
    }

    private Map<String, PodStatus> keeperByNode() {
        var keepers = new TreeMap<String, PodStatus>();
        testbed.cluster().pods().stream()
                .filter(pod -> pod.namespace().equals(NAMESPACE) && !pod.node().isEmpty())
                .forEach(pod -> keepers.put(pod.node(), pod));
        return keepers;
    }

    private String in(PodStatus pod, String... command) {
        return testbed.cluster().exec(NAMESPACE, pod.name(), command);
    }

    private void awaitKeepers() {
        var all = testbed.topology().workers().size();
        if (!RETURNS.untilTrue(
                () -> keeperByNode().values().stream().filter(PodStatus::ready).count() == all)) {
            throw new Problem(
                    "the pods that keep a mark on every node are not Ready: "
                            + keeperByNode().values().stream()
                                    .map(pod -> pod.name() + " " + pod.trouble())
                                    .toList(),
                    "See what keeps them with `./chaos kubectl -n " + NAMESPACE + " get pods`.");
        }
    }

    private String keepers() {
        return """
                apiVersion: v1
                kind: Namespace
                metadata: {name: %1$s}
                ---
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: keeper, namespace: %1$s}
                spec:
                  replicas: %3$d
                  serviceName: keeper
                  podManagementPolicy: Parallel
                  selector: {matchLabels: {app: keeper}}
                  template:
                    metadata: {labels: {app: keeper}}
                    spec:
                      terminationGracePeriodSeconds: 0
                      affinity:
                        podAntiAffinity:
                          requiredDuringSchedulingIgnoredDuringExecution:
                            - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: keeper}}}
                      # The very pod must come back, not a replacement: it stays bound however long its node is away.
                      tolerations:
                        - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute}
                        - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute}
                      containers:
                        - name: keeper
                          image: %2$s
                          command: [sleep, infinity]
                          volumeMounts: [{name: data, mountPath: /data}]
                  volumeClaimTemplates:
                    - metadata: {name: data}
                      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 16Mi}}}
                """.formatted(NAMESPACE, busybox, testbed.topology().workers().size());
    }
}
