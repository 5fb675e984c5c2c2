package aeterna.chaos.cluster.k3s;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.cluster.k3s.OwnNodes.Seen;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Topology;
import aeterna.chaos.model.Zone;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OwnNodesTest {
    private static final Topology TOPOLOGY = new Topology(
            "two",
            6443,
            List.of(
                    new Node("node-0", Node.Role.CONTROL_PLANE, Map.of(), List.of()),
                    new Node("node-1", Node.Role.WORKER, Map.of(Zone.LABEL, "zone-a"), List.of())),
            List.of());

    private static final Seen SERVER = seen("a0", "t-node-0", "node-0", "request-1");
    private static final Seen WORKER = seen("a1", "t-node-1", "node-1", "request-1");

    private final OwnNodes own =
            nodes(Optional.of(new Identity("cluster-1", new TreeMap<>(Map.of("node-0", "a0", "node-1", "a1")))));

    private static OwnNodes nodes(Optional<Identity> identity) {
        return new OwnNodes(Engine.local(), "t", TOPOLOGY, identity);
    }

    private static Seen seen(String id, String name, String node, String request) {
        return new Seen(id, name, Map.of(Labels.TESTBED, "t", Labels.NODE, node, Labels.REQUEST, request));
    }

    private void assertRefused(String why, Seen... containers) {
        assertThatThrownBy(() -> own.check(List.of(containers)))
                .isInstanceOf(Problem.class)
                .hasMessage(why);
    }

    @Test
    void theVeryContainersThatWereMadeAreOurs() {
        assertThatCode(() -> own.check(List.of(SERVER, WORKER))).doesNotThrowAnyException();
        assertThatCode(() -> nodes(Optional.empty()).check(List.of(SERVER, WORKER)))
                .doesNotThrowAnyException();
    }

    @Test
    void aForeignContainerWithOurNameIsRefused() {
        // It has our name and no label of ours, so it is not even listed; ours of that name is gone.
        assertRefused("the container of node-1 is gone from testbed t", SERVER);
    }

    @Test
    void aForeignContainerWithOurLabelsIsRefused() {
        assertRefused(
                "the container somebody carries the labels of node-1 of testbed t, whose name would be t-node-1",
                SERVER,
                seen("b1", "somebody", "node-1", "request-1"));
        assertRefused(
                "the containers t-node-1 and somebody both carry the labels of node-1 of testbed t",
                SERVER,
                WORKER,
                seen("b1", "somebody", "node-1", "request-1"));
    }

    @Test
    void aForeignContainerWithNameAndLabelsIsRefusedByItsId() {
        assertRefused(
                "the container t-node-1 is not the one that this harness made: its id is b1, not a1",
                SERVER,
                seen("b1", "t-node-1", "node-1", "request-1"));
    }

    @Test
    void aNodeThatTheTopologyHasNotIsRefused() {
        var more = new ArrayList<>(List.of(SERVER, WORKER));
        more.add(seen("b7", "t-node-7", "node-7", "request-1"));
        assertThatThrownBy(() -> nodes(Optional.empty()).check(more))
                .isInstanceOf(Problem.class)
                .hasMessage("the container t-node-7 carries the labels of testbed t, which has no node-7");
    }

    @Test
    void containersOfTwoMakingsAreRefused() {
        assertThatThrownBy(() ->
                        nodes(Optional.empty()).check(List.of(SERVER, seen("b1", "t-node-1", "node-1", "request-2"))))
                .isInstanceOf(Problem.class)
                .hasMessage("the containers of testbed t were not made together: their labels " + Labels.REQUEST
                        + " are [request-1, request-2]");
    }
}
