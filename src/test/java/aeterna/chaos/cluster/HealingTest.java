package aeterna.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.FakeMachines;
import aeterna.chaos.model.Machine;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealingTest {
    private final FakeMachines machines = new FakeMachines("node-1", "node-2", "node-3", "node-4");

    @Test
    void whatIsWholeIsLeftAlone() {
        assertThat(Healing.of(machines).heal()).isEmpty();
        assertThat(machines.acts()).isEmpty();
    }

    @Test
    void everyKindOfDamageIsUndoneAndTwiceIsOnce() {
        machines.freeze(List.of("node-1"));
        machines.powerOff(List.of("node-2"));
        machines.cutOff(List.of("node-3"));
        assertThat(Healing.of(machines).heal()).extracting(Machine::node).containsExactly("node-1", "node-2", "node-3");
        assertThat(machines.all()).allMatch(Machine::whole);
        var acts = machines.acts();
        assertThat(Healing.of(machines).heal()).isEmpty();
        assertThat(machines.acts()).isEqualTo(acts);
    }

    @Test
    void aMachineFrozenWhileCutOffIsThawedFirst() {
        machines.cutOff(List.of("node-4"));
        machines.freeze(List.of("node-4"));
        Healing.of(machines).heal();
        assertThat(machines.acts().subList(2, 4)).containsExactly("thaw [node-4]", "reconnect [node-4]");
        assertThat(machines.all()).allMatch(Machine::whole);
    }
}
