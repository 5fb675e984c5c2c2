package aeterna.chaos.cluster.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.cluster.Healing;
import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.junit.OnTestbed;
import aeterna.chaos.model.Image;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Machine.Network;
import aeterna.chaos.model.Machine.Power;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Zone;
import aeterna.chaos.time.Clock;
import aeterna.chaos.time.Waiting;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Machines on the real cluster: one keeper pod on every worker holds a mark in its volume; nodes are taken away and given
 * back, and must return with their address, their pods and the marks.
 */
@OnTestbed
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MachinesIT {
    private static final String NAMESPACE = "chaos-machines";

    /** Tuned timers: NotReady 10 s after the last lease and up to 3 s older, and a look every second. */
    private static final Waiting LEAVES = Waiting.atMost(Duration.ofSeconds(40));

    private static final Waiting RETURNS = Waiting.atMost(Duration.ofSeconds(90));

    private final Clock clock = Clock.system();
    private Testbed testbed;

    @BeforeAll
    void keepersRun(Testbed given, Map<String, Image> images) {
        testbed = given;
        Healing.of(testbed.machines()).heal();
        testbed.cluster().apply(keepers(images.get("busybox").reference()));
        assertThat(RETURNS.untilTrue(() ->
                        keepers().values().stream().filter(PodStatus::ready).count()
                                == workers().size()))
                .as("a keeper Ready on every worker")
                .isTrue();
        keepers().forEach((node, keeper) -> in(keeper, "sh", "-c", "echo mark-of-" + node + " > /data/mark"));
    }

    @AfterEach
    void heal() {
        Healing.of(testbed.machines()).heal();
    }

    @AfterAll
    void keepersGo() {
        testbed.cluster().deleteNamespace(NAMESPACE);
    }

    /** Three machines are lost at once, each in another way and in another zone; the next round rotates them by one. */
    @RepeatedTest(10)
    void aLostNodeComesBackWithAddressDataAndPods(RepetitionInfo round) {
        var nodes = workers();
        int first = round.getCurrentRepetition();
        var frozen = nodes.get(first % nodes.size());
        var off = nodes.get((first + 2) % nodes.size());
        var cutOff = nodes.get((first + 4) % nodes.size());
        var before = Snapshot.of(testbed);
        var marks = keepers();
        long began = clock.nanos();

        testbed.machines().freeze(List.of(frozen));
        testbed.machines().powerOff(List.of(off));
        testbed.machines().cutOff(List.of(cutOff));
        assertThat(machine(frozen).power()).isEqualTo(Power.FROZEN);
        assertThat(machine(off).power()).isEqualTo(Power.OFF);
        assertThat(machine(cutOff).network()).isEqualTo(Network.CUT_OFF);
        assertOnlyTheseLeave(Set.of(frozen, off, cutOff));
        var gone = clock.since(began);

        began = clock.nanos();
        testbed.machines().thaw(List.of(frozen));
        testbed.machines().powerOn(List.of(off));
        testbed.machines().reconnect(List.of(cutOff));
        assertAllReturn(before, marks, Set.of(off));
        System.out.printf(
                "round %d: %s frozen, %s off, %s cut off: all NotReady after %.1f s, whole again after %.1f s%n",
                first,
                frozen,
                off,
                cutOff,
                gone.toMillis() / 1e3,
                clock.since(began).toMillis() / 1e3);
    }

    @Test
    void aWholeZoneIsFrozenAndThawed() {
        var zone = testbed.topology().nodesIn(new Zone("zone-b")).stream()
                .map(Node::name)
                .toList();
        var before = Snapshot.of(testbed);
        var marks = keepers();
        testbed.machines().freeze(zone);
        assertOnlyTheseLeave(Set.copyOf(zone));
        testbed.machines().thaw(zone);
        testbed.machines().thaw(zone);
        assertAllReturn(before, marks, Set.of());
    }

    @Test
    void everyWayBackIsIdempotentAndHealUndoesDamageOnDamage() {
        var node = List.of("node-2");
        testbed.machines().thaw(node);
        testbed.machines().powerOn(node);
        testbed.machines().reconnect(node);
        assertThat(testbed.machines().all()).allMatch(Machine::whole);

        testbed.machines().cutOff(node);
        testbed.machines().cutOff(node);
        testbed.machines().freeze(node);
        testbed.machines().freeze(node);
        assertThat(Healing.of(testbed.machines()).heal())
                .extracting(Machine::node)
                .containsExactly("node-2");
        assertThat(Healing.of(testbed.machines()).heal()).isEmpty();
        assertThat(testbed.machines().all()).allMatch(Machine::whole);
        assertThat(RETURNS.untilTrue(
                        () -> ready().size() == testbed.topology().nodes().size()))
                .isTrue();
    }

    @Test
    void theControlPlaneAndStrangersAreRefused() {
        assertThatThrownBy(() -> testbed.machines().freeze(List.of("node-0")))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("control plane");
        assertThatThrownBy(() -> testbed.machines().powerOff(List.of("node-1", "node-17")))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("node-17");
        assertThat(testbed.machines().all()).allMatch(Machine::whole);
    }

    private void assertOnlyTheseLeave(Set<String> nodes) {
        assertThat(LEAVES.until(this::ready, ready -> ready.stream().noneMatch(nodes::contains)))
                .as("%s NotReady", nodes)
                .isPresent();
        var others = workers().stream().filter(node -> !nodes.contains(node)).toList();
        assertThat(ready()).as("the other nodes stay").containsAll(others).contains("node-0");
    }

    private void assertAllReturn(Snapshot before, Map<String, PodStatus> marks, Set<String> restarted) {
        assertThat(RETURNS.until(() -> Snapshot.of(testbed), before::equals))
                .as("nodes Ready again with the same objects and addresses; now %s", Snapshot.of(testbed))
                .isPresent();
        assertThat(RETURNS.until(
                        this::keepers,
                        now -> now.size() == marks.size()
                                && now.values().stream().allMatch(PodStatus::ready)
                                && restarted.stream()
                                        .allMatch(node -> now.get(node).restarts()
                                                > marks.get(node).restarts())))
                .as("the same keepers Ready again")
                .isPresent();
        var now = keepers();
        now.forEach((node, keeper) -> {
            assertThat(keeper.uid())
                    .as("keeper of %s", node)
                    .isEqualTo(marks.get(node).uid());
            assertThat(in(keeper, "cat", "/data/mark").strip()).isEqualTo("mark-of-" + node);
        });
        // Every keeper reaches every other one by its pod address, and finds the API server by name.
        now.forEach((node, keeper) -> assertThat(RETURNS.untilTrue(() -> in(
                                keeper,
                                "sh",
                                "-c",
                                now.values().stream()
                                                .map(other -> "timeout 5 wget -q -O - http://" + other.address()
                                                        + ":8080/mark")
                                                .collect(Collectors.joining(" && "))
                                        + " && nslookup kubernetes.default.svc.cluster.local")
                        .contains("10.43.0.1")))
                .as("the pod network of %s", node)
                .isTrue());
    }

    private List<String> workers() {
        return testbed.topology().workers().stream().map(Node::name).toList();
    }

    private Set<String> ready() {
        return testbed.cluster().nodes().stream()
                .filter(NodeStatus::ready)
                .map(NodeStatus::name)
                .collect(Collectors.toSet());
    }

    private Machine machine(String node) {
        return testbed.machines().all().stream()
                .filter(machine -> machine.node().equals(node))
                .findFirst()
                .orElseThrow();
    }

    private Map<String, PodStatus> keepers() {
        return testbed.cluster().pods().stream()
                .filter(pod -> pod.namespace().equals(NAMESPACE) && !pod.node().isEmpty())
                .collect(Collectors.toMap(PodStatus::node, Function.identity()));
    }

    private String in(PodStatus pod, String... command) {
        return testbed.cluster().exec(NAMESPACE, pod.name(), command);
    }

    /** What must be the same before a node left and after it came back. */
    private record Snapshot(Set<String> nodes) {
        static Snapshot of(Testbed testbed) {
            return new Snapshot(describe(testbed.cluster().nodes()));
        }

        private static Set<String> describe(Collection<NodeStatus> nodes) {
            return nodes.stream()
                    .map(node -> node.name() + " " + node.uid() + " " + node.address() + (node.ready() ? " Ready" : ""))
                    .collect(Collectors.toSet());
        }
    }

    private static String keepers(String busybox) {
        return """
                apiVersion: v1
                kind: Namespace
                metadata: {name: %1$s}
                ---
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: keeper, namespace: %1$s}
                spec:
                  replicas: 6
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
                          command: [httpd, -f, -p, "8080", -h, /data]
                          readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
                          volumeMounts: [{name: data, mountPath: /data}]
                  volumeClaimTemplates:
                    - metadata: {name: data}
                      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 16Mi}}}
                """.formatted(NAMESPACE, busybox);
    }
}
