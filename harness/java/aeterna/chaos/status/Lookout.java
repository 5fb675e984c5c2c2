package aeterna.chaos.status;

import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.SteadyCheck.Look;
import aeterna.chaos.stack.Component;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.Timekeeper;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks at a testbed from all sides at once, so that a side that hangs hides no other. Thread-safe. */
public final class Lookout {
    private final Testbed testbed;
    private final Timekeeper time;
    private final Sight<Optional<String>> profile;
    private final Sight<List<Machine>> machines;
    private final Sight<List<NodeStatus>> nodes;
    private final Sight<List<PodStatus>> pods;
    private final List<Side> sides;

    /** One component's sights. */
    private record Side(Component component, Sight<Map<String, String>> roles, Sight<Look> steady) {}

    /**
     * @param stack what may be deployed on it; empty when its components cannot be reached from here
     */
    public Lookout(Testbed testbed, Optional<Stack> stack, Timekeeper time) {
        this.testbed = testbed;
        this.time = time;
        profile = new Sight<>(time, () -> Stack.deployedProfile(testbed.cluster()));
        machines = new Sight<>(time, () -> testbed.machines().all());
        nodes = new Sight<>(time, () -> testbed.cluster().nodes());
        pods = new Sight<>(time, () -> testbed.cluster().pods());
        sides = stack.stream()
                .flatMap(found -> found.components().stream()
                        .map(component -> new Side(
                                component,
                                new Sight<>(time, component::roles),
                                new Sight<>(time, () -> found.steady(component).look()))))
                .toList();
    }

    /** Begins a look at everything whose last look has ended. */
    public void look() {
        sights().forEach(Sight::look);
    }

    /** True once every side has answered at least once, well or badly. */
    public boolean complete() {
        return sights().allMatch(Sight::answered);
    }

    private Stream<Sight<?>> sights() {
        return Stream.concat(
                Stream.of(profile, machines, nodes, pods),
                sides.stream().flatMap(side -> Stream.of(side.roles(), side.steady())));
    }

    /** What has been seen up to now. */
    public Picture picture() {
        return new Picture(
                testbed.name(),
                testbed.provider(),
                testbed.topology(),
                time.wallTime(),
                profile.seen().value().flatMap(found -> found),
                machines.seen(),
                nodes.seen(),
                pods.seen(),
                sides.stream()
                        .map(side -> new Picture.Part(
                                side.component().id(),
                                side.component().workloads(),
                                side.roles().seen(),
                                side.steady().seen()))
                        .toList());
    }
}
