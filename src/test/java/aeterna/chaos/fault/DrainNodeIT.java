package aeterna.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.journal.Healer;
import aeterna.chaos.junit.OnTestbed;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Image;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Target;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.time.Waiting;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Drains that the real API refuses: each says which budget is in the way, and leaves the pod that it covers where it is. */
@OnTestbed
class DrainNodeIT {
    private static final String NAMESPACE = "chaos-drain";

    private static final Waiting STARTS = Waiting.atMost(Duration.ofMinutes(1));

    /** Others on the node are gone by then, and a refused eviction has been asked for again. */
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private final Timekeeper time = Timekeeper.system();
    private Testbed testbed;

    @AfterEach
    void nothingIsLeft() {
        testbed.cluster().deleteNamespace(NAMESPACE);
    }

    @Test
    void aBudgetThatNeverAllowsItIsNamedAtTheDeadline(Testbed given, Map<String, Image> images) {
        testbed = given;
        var keeper = keeper(images, budget("never-enough"));
        assertRefused(keeper, "did not end in 15 s", "chaos-drain/keeper", "never-enough");
    }

    @Test
    void twoBudgetsForOnePodEndItAtOnce(Testbed given, Map<String, Image> images) {
        testbed = given;
        var keeper = keeper(images, budget("one") + budget("another"));
        var began = time.nanos();
        assertRefused(keeper, "chaos-drain/keeper can never be evicted", "more than one PodDisruptionBudget");
        assertThat(time.since(began)).as("nobody waited for a deadline").isLessThan(DEADLINE);
    }

    private void assertRefused(PodStatus keeper, String... words) {
        var drain = DrainNode.of(node(keeper.node()), DEADLINE, time);
        var aimed = drain.aim(testbed, new Random(1));
        try {
            assertThatThrownBy(aimed::inject).isInstanceOf(Problem.class).hasMessageContainingAll(words);
        } finally {
            aimed.planned().undo().forEach(Healer.through(testbed)::heal);
        }
        assertThat(testbed.cluster().nodes()).noneMatch(NodeStatus::cordoned);
        assertThat(testbed.cluster().pods())
                .filteredOn(pod -> pod.namespace().equals(NAMESPACE))
                .extracting(PodStatus::uid)
                .containsExactly(keeper.uid());
    }

    private static Target node(String name) {
        return new Target() {
            @Override
            public Hit resolve(RandomGenerator chance) {
                return Hit.of(List.of(), List.of(name), List.of());
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }

    /** A pod on the worker with the fewest others: those are evicted, and come back elsewhere. */
    private PodStatus keeper(Map<String, Image> images, String budgets) {
        var pods = testbed.cluster().pods();
        var emptiest = testbed.topology().workers().stream()
                .map(Node::name)
                .min(Comparator.comparing(node ->
                        pods.stream().filter(pod -> pod.node().equals(node)).count()))
                .orElseThrow();
        testbed.cluster()
                .apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: %1$s}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: keeper, namespace: %1$s, labels: {app: keeper}}
                spec:
                  nodeName: %2$s
                  terminationGracePeriodSeconds: 0
                  containers: [{name: keeper, image: "%3$s", command: [sleep, infinity]}]
                """.formatted(NAMESPACE, emptiest, images.get("busybox").reference()) + budgets);
        return STARTS.until(
                        () -> testbed.cluster().pods().stream()
                                .filter(pod -> pod.namespace().equals(NAMESPACE) && pod.ready())
                                .findFirst(),
                        found -> found.isPresent())
                .orElseThrow()
                .orElseThrow();
    }

    private static String budget(String name) {
        return """
                ---
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {name: %s, namespace: %s}
                spec: {minAvailable: 1, selector: {matchLabels: {app: keeper}}}
                """.formatted(name, NAMESPACE);
    }
}
