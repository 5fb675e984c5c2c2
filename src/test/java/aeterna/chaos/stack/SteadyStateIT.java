package aeterna.chaos.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.junit.OnTestbed;
import aeterna.chaos.time.Clock;
import aeterna.chaos.time.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * The whole stack on the real cluster: every component is steady, and whichever of its pods is killed, it becomes so again
 * by itself. One pod of each role stands for all that have it.
 */
@OnTestbed
class SteadyStateIT {
    /** A new pod is scheduled, started and has caught up; a database's election comes on top. */
    private static final Waiting STEADY_AGAIN =
            Waiting.atMost(Duration.ofMinutes(2)).every(Duration.ofMillis(250));

    /** A pod that is removed by force leaves the API at once; its successor may need a node's answer first. */
    private static final Waiting GONE = Waiting.atMost(Duration.ofSeconds(15));

    private final Clock clock = Clock.system();

    @TestFactory
    Stream<DynamicNode> everyComponent(Testbed testbed, Stack stack) {
        assertThat(stack.components()).hasSizeGreaterThanOrEqualTo(3);
        return stack.components().stream()
                .map(component -> dynamicContainer(component.id(), tests(testbed, stack, component)));
    }

    private Stream<DynamicNode> tests(Testbed testbed, Stack stack, Component component) {
        var tests = new ArrayList<DynamicNode>();
        tests.add(dynamicTest("is steady", () -> assertSteady(stack, component)));
        for (var victim : oneOfEachRole(testbed, component)) {
            var role = component.roles().getOrDefault(victim.name(), "");
            tests.add(dynamicTest(
                    "is steady again without " + victim.name() + (role.isEmpty() ? "" : ", a " + role),
                    () -> losesOnePod(testbed, stack, component, victim)));
        }
        // Without its own pods nothing would be killed, and nothing proven.
        assertThat(tests).as("pods of %s", component.id()).hasSizeGreaterThan(1);
        return tests.stream();
    }

    private static Collection<PodStatus> oneOfEachRole(Testbed testbed, Component component) {
        var roles = component.roles();
        var victims = new LinkedHashMap<List<String>, PodStatus>();
        podsOf(testbed, component)
                .forEach(pod -> victims.putIfAbsent(List.of(pod.workload(), roles.getOrDefault(pod.name(), "")), pod));
        return victims.values();
    }

    private static List<PodStatus> podsOf(Testbed testbed, Component component) {
        return testbed.cluster().pods().stream()
                .filter(pod -> pod.namespace().equals(Stack.NAMESPACE))
                .filter(pod -> component.workloads().contains(pod.workload()))
                .toList();
    }

    private void losesOnePod(Testbed testbed, Stack stack, Component component, PodStatus victim) {
        // A role may have moved on to another pod since it was chosen; the pod itself must still be there.
        assertSteady(stack, component);
        assertThat(uids(testbed, component)).contains(victim.uid());
        int pods = uids(testbed, component).size();
        long began = clock.nanos();

        testbed.cluster().deletePod(Stack.NAMESPACE, victim.name(), victim.uid(), Optional.of(Duration.ZERO));

        assertThat(GONE.untilTrue(() -> !uids(testbed, component).contains(victim.uid())))
                .as("%s was really killed", victim.name())
                .isTrue();
        var again = STEADY_AGAIN.untilTrue(() -> stack.steady(component).look().steady()
                && uids(testbed, component).size() == pods);
        assertThat(again)
                .as(
                        "%s is steady again: %s",
                        component.id(), stack.steady(component).look().seen())
                .isTrue();
        assertThat(uids(testbed, component)).doesNotContain(victim.uid());
        System.out.printf(
                "%s: steady again %.1f s after %s was killed%n",
                component.id(), clock.since(began).toMillis() / 1e3, victim.name());
    }

    private static List<String> uids(Testbed testbed, Component component) {
        return podsOf(testbed, component).stream().map(PodStatus::uid).toList();
    }

    private static void assertSteady(Stack stack, Component component) {
        var last = new String[1];
        assertThat(STEADY_AGAIN.untilTrue(() -> {
                    var look = stack.steady(component).look();
                    last[0] = look.seen();
                    return look.steady();
                }))
                .as(() -> component.id() + ": " + last[0])
                .isTrue();
    }
}
