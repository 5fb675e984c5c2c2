package aeterna.chaos.cluster.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.fakes.FakeCluster;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Machine.Network;
import aeterna.chaos.model.Machine.Power;
import aeterna.chaos.model.Problem;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdentityTest {
    private static final List<Machine> MACHINES =
            List.of(new Machine("node-1", "10.0.0.1", Power.ON, Network.CONNECTED));

    private final FakeCluster cluster = new FakeCluster();

    @BeforeEach
    void oneNode() {
        node("node-1", "10.0.0.1");
    }

    private void node(String name, String address) {
        cluster.nodes.clear();
        cluster.nodes.put(name, new NodeStatus(name, true, "KubeletReady", address, "uid-1", Map.of(), false, ""));
    }

    private static Identity identity(String uid) {
        return new Identity(uid, new TreeMap<>(Map.of("node-1", "a1")));
    }

    private void assertRefused(Identity identity, String why) {
        assertThatThrownBy(() -> identity.demandSame(cluster, MACHINES))
                .isInstanceOf(Problem.class)
                .hasMessage(why);
    }

    @Test
    void theClusterOfTheseMachinesIsOurs() {
        assertThatCode(() -> identity("cluster-1").demandSame(cluster, MACHINES))
                .doesNotThrowAnyException();
    }

    @Test
    void anotherClusterBehindOurPortIsRefused() {
        assertRefused(
                identity("cluster-0"),
                "the API server that answers is not this testbed's: its kube-system has the uid cluster-1, not cluster-0");
    }

    @Test
    void nodesThatAreNotTheseMachinesAreRefused() {
        node("node-1", "192.168.7.1");
        assertRefused(identity("cluster-1"), "the cluster has node-1 at 192.168.7.1, its machine is at 10.0.0.1");
        node("worker-of-somebody", "10.0.0.1");
        assertRefused(
                identity("cluster-1"), "the cluster's nodes are [worker-of-somebody], the testbed's machines [node-1]");
    }

    @Test
    void whatIsWrittenDownIsReadAgain() {
        assertThat(Identity.parse(identity("cluster-1").text())).isEqualTo(identity("cluster-1"));
        assertThatThrownBy(() -> Identity.parse("")).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> Identity.parse("{\"cluster\":7")).isInstanceOf(Problem.class);
    }
}
