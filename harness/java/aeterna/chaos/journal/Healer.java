package aeterna.chaos.journal;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Undo;
import java.util.Collection;
import java.util.function.Consumer;

/** Carries out one step back; doing it twice is doing it once. */
@FunctionalInterface
public interface Healer {
    /** Takes the step; throws when it could not be taken. */
    void heal(Undo undo);

    /**
     * The healer that acts through a testbed's ports. Nodes that the testbed has not are left out: they went with an
     * earlier testbed of the name, and their damage with them.
     */
    static Healer through(Testbed testbed) {
        return undo -> {
            if (undo instanceof Undo.Thaw thaw) {
                onThose(testbed, thaw.nodes(), testbed.machines()::thaw);
            } else if (undo instanceof Undo.PowerOn powerOn) {
                onThose(testbed, powerOn.nodes(), testbed.machines()::powerOn);
            } else if (undo instanceof Undo.Reconnect reconnect) {
                onThose(testbed, reconnect.nodes(), testbed.machines()::reconnect);
            } else if (undo instanceof Undo.ThawPods thaw) {
                thaw.pods().stream().filter(pod -> isThere(testbed, pod.node())).forEach(testbed.podProcesses()::thaw);
            } else if (undo instanceof Undo.Uncordon uncordon) {
                onThose(
                        testbed,
                        uncordon.nodes(),
                        nodes -> nodes.forEach(node -> testbed.cluster().cordon(node, false)));
            } else if (undo instanceof Undo.ClearTraffic clear) {
                testbed.traffic().clear(clear.tag());
            } else if (undo instanceof Undo.EndStrain end) {
                testbed.strain().end(end.tag(), end.nodes());
            } else if (undo instanceof Undo.EmptyVolume empty) {
                if (isThere(testbed, empty.pod().node())) {
                    testbed.volumes().empty(empty.pod(), empty.path());
                }
            } else {
                throw new IllegalStateException("nobody knows how to carry out " + undo);
            }
        };
    }

    private static boolean isThere(Testbed testbed, String node) {
        return testbed.topology().nodes().stream()
                .anyMatch(there -> there.name().equals(node));
    }

    private static void onThose(Testbed testbed, Collection<String> named, Consumer<Collection<String>> act) {
        var there = testbed.topology().nodes().stream()
                .map(Node::name)
                .filter(named::contains)
                .toList();
        if (!there.isEmpty()) {
            act.accept(there);
        }
    }
}
