package aeterna.chaos.cli;

import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.journal.Watcher;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Zone;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows zones, nodes and pods as they are now. */
@Command(name = "status", description = "Show the testbed's zones, nodes and pods as they are now.")
final class StatusCommand implements Runnable {
    private static final String ROW = "%-10s %-8s %-7s %-10s %-9s %-14s %s%n";

    private final Wiring wiring;

    @Mixin
    private TestbedOptions options;

    StatusCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public void run() {
        try (var testbed = options.testbed(options.finder(wiring))) {
            show(testbed);
            showDamage(testbed);
        }
    }

    private void showDamage(Testbed testbed) {
        var out = wiring.console().out();
        var harness = options.harness(wiring);
        harness.watcherLog().lines().forEach(line -> out.println("watcher: " + line));
        harness.journal(wiring.clock(), Watcher.none())
                .open(testbed.name())
                .forEach(announced -> out.println("broken, or may be: " + announced.fault() + " (announced "
                        + announced.wallTime() + "); unless a run is at work, ./chaos heal undoes it"));
    }

    private void show(Testbed testbed) {
        var out = wiring.console().out();
        var machines = testbed.machines().all().stream().collect(Collectors.toMap(Machine::node, Function.identity()));
        List<NodeStatus> nodes = List.of();
        List<PodStatus> pods = List.of();
        var api = "the API serves";
        try {
            nodes = testbed.cluster().nodes();
            pods = testbed.cluster().pods();
        } catch (Problem unreachable) {
            api = unreachable.getMessage();
        }
        out.printf(
                "testbed %s (%s, %s): %s%n",
                testbed.name(), testbed.provider(), testbed.topology().name(), api);
        out.printf(ROW, "zone", "node", "power", "network", "Ready", "address", "pods");
        var states = nodes.stream().collect(Collectors.toMap(NodeStatus::name, Function.identity()));
        for (Node node : inZoneOrder(testbed)) {
            out.printf(
                    ROW,
                    node.zone().map(Zone::name).orElse("outside"),
                    node.name(),
                    lower(machines.get(node.name()).power()),
                    lower(machines.get(node.name()).network()),
                    ready(states, node),
                    machines.get(node.name()).address(),
                    podsOn(node, pods));
        }
        var pending = podsOn("", pods);
        if (!pending.isEmpty()) {
            out.println("on no node: " + pending);
        }
        out.println("kubeconfig: " + testbed.kubeconfig());
    }

    private static List<Node> inZoneOrder(Testbed testbed) {
        var nodes = new ArrayList<Node>(List.of(testbed.topology().controlPlane()));
        testbed.topology()
                .zones()
                .forEach(zone -> nodes.addAll(testbed.topology().nodesIn(zone)));
        return nodes;
    }

    private static String ready(Map<String, NodeStatus> states, Node node) {
        var state = states.get(node.name());
        return state == null ? "?" : state.ready() ? "Ready" : "NotReady";
    }

    private static String podsOn(Node node, List<PodStatus> pods) {
        return podsOn(node.name(), pods);
    }

    private static String podsOn(String node, List<PodStatus> pods) {
        return pods.stream()
                .filter(pod -> pod.node().equals(node))
                .map(pod -> pod.name()
                        + (pod.ready() ? "" : " (" + (pod.terminating() ? "terminating" : "not ready") + ")"))
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
