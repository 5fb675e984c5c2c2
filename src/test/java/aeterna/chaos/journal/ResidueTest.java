package aeterna.chaos.journal;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.FakeCluster;
import aeterna.chaos.fakes.FakeMachines;
import aeterna.chaos.model.Trace;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResidueTest {
    private final FakeCluster cluster = new FakeCluster();
    private final FakeMachines machines = new FakeMachines("node-1", "node-2", "node-3");
    private final Residue residue = new Residue(cluster.on(machines));

    @Test
    void anUntouchedTestbedHasNone() {
        assertThat(residue.look()).isEmpty();
    }

    @Test
    void whatEngineNodesAndApiShowIsListedTogether() {
        machines.powerOff(List.of("node-1"));
        machines.freeze(List.of("node-2"));
        machines.cutOff(List.of("node-3"));
        cluster.nodeTraces.add(new Trace(Trace.Kind.QUEUE, "node-2", "tbf ae7e: on eth0"));
        cluster.traces.add(new Trace(Trace.Kind.CORDON, "node-3", "takes no new pods"));
        assertThat(residue.look())
                .extracting(Trace::toString)
                .containsExactly(
                        "node-1: power: it is off",
                        "node-2: frozen: the whole machine",
                        "node-2: queue: tbf ae7e: on eth0",
                        "node-3: cable: it is cut off",
                        "node-3: cordon: takes no new pods");
    }
}
