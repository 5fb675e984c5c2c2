package aeterna.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.cluster.Eviction;
import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.fakes.FakeWorld;
import aeterna.chaos.journal.Healer;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Target;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Faults that cannot be what they were meant to be: each says why and what to do, and nothing is touched. */
class BadTargetTest {
    private final FakeWorld world = new FakeWorld();
    private final FakeTime time = new FakeTime();
    private String before;

    @BeforeEach
    void remember() {
        before = world.state();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(world.state()).isEqualTo(before);
    }

    private static Target target(String words, Hit hit) {
        return new Target() {
            @Override
            public Hit resolve(RandomGenerator chance) {
                return hit;
            }

            @Override
            public String toString() {
                return words;
            }
        };
    }

    private static Target node(String name) {
        return target("that node", Hit.of(List.of(), List.of(name), List.of()));
    }

    /** Every fault on machines. */
    static Stream<Fault> onThatNode() {
        return onMachines(node("node-9"));
    }

    static Stream<Fault> onTheControlPlane() {
        return onMachines(node("node-0"));
    }

    static Stream<Fault> onNobody() {
        return onMachines(target("the absent", Hit.of(List.of(), List.of(), List.of())));
    }

    static Stream<Fault> onNode1() {
        return onMachines(node("node-1"));
    }

    private static Stream<Fault> onMachines(Target target) {
        return Stream.of(
                FreezeNode.of(target),
                PowerOffNode.of(target),
                IsolateNode.of(target),
                DrainNode.of(target, Duration.ofSeconds(5), new FakeTime()),
                StressCpu.of(target, 1, 100),
                StressMemory.of(target, 64));
    }

    private void assertRefused(Fault fault, String... words) {
        assertThatThrownBy(() -> fault.aim(world.testbed(), new Random(1)))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.remedy()).isNotBlank())
                .hasMessageContainingAll(words);
    }

    @ParameterizedTest
    @MethodSource("onThatNode")
    void aNodeThatThereIsNot(Fault fault) {
        assertRefused(fault, "node-9");
    }

    @ParameterizedTest
    @MethodSource("onTheControlPlane")
    void theControlPlane(Fault fault) {
        assertRefused(fault, "node-0", "the control plane, which is never broken as a machine");
    }

    @ParameterizedTest
    @MethodSource("onNobody")
    void nobody(Fault fault) {
        assertRefused(fault, "the absent resolves to no node");
    }

    @ParameterizedTest
    @MethodSource("onNode1")
    void aNodeThatIsDownAlready(Fault fault) {
        world.powerOff(List.of("node-1"));
        before = world.state();
        assertRefused(fault, "that node is node-1, which is broken already: power OFF");
    }

    @Test
    void aZoneWithoutNodes() {
        assertRefused(FreezeNode.of(Targets.on(world.testbed()).zone("zone-x")), "no node in a zone 'zone-x'");
    }

    @Test
    void aPodThatThereIsNot() {
        var gone = target("the pod", Hit.of(List.of("aeterna/app-9"), List.of(), List.of()));
        assertRefused(KillPod.of(gone).abruptly(), "the pod was aeterna/app-9, which is not running any more");
        assertRefused(FreezePod.of(gone), "aeterna/app-9");
        assertRefused(DnsLoss.of(gone), "aeterna/app-9");
    }

    @Test
    void aContainerThatThereIsNot() {
        var pod = target("the pod", Hit.of(List.of("aeterna/app-1"), List.of(), List.of()));
        assertRefused(KillContainer.of(pod, "typo"), "typo", "aeterna/app-1");
    }

    @Test
    void twoSidesThatAreTheSame() {
        var zone = Targets.on(world.testbed()).zone("zone-b");
        assertRefused(Partition.between(zone, zone), "node-3, node-4 would be on both sides");
    }

    @Test
    void aDrainThatABudgetRefusesNamesItAtTheDeadline() {
        world.refusals.put("app-1", new Eviction(Eviction.Answer.NOT_NOW, "The disruption budget keeper needs 1"));
        assertEndsWith("did not end in 5 s: aeterna/app-1: The disruption budget keeper needs 1");
    }

    @Test
    void aDrainThatCanNeverEndDoesNotWait() {
        world.refusals.put(
                "app-1", new Eviction(Eviction.Answer.NEVER, "This pod has more than one PodDisruptionBudget"));
        assertEndsWith("aeterna/app-1 can never be evicted: This pod has more than one PodDisruptionBudget");
    }

    private void assertEndsWith(String words) {
        var aimed = DrainNode.of(node("node-1"), Duration.ofSeconds(5), time).aim(world.testbed(), new Random(1));
        assertThatThrownBy(aimed::inject).isInstanceOf(Problem.class).hasMessageContaining(words);
        aimed.planned().undo().forEach(Healer.through(world.testbed())::heal);
    }
}
