package aeterna.chaos.cluster;

import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Machine.Network;
import aeterna.chaos.model.Machine.Power;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes machines whole again, whatever broke them and whoever is gone; healing what is whole does nothing.
 *
 * @param machines the machines
 */
public record Healing(Machines machines) {
    /** Of these machines. */
    public static Healing of(Machines machines) {
        return new Healing(machines);
    }

    /**
     * Thaws, switches on and reconnects, in that order: a frozen machine cannot be looked into, one that is off has no cable.
     *
     * @return the machines that were not whole, as they were
     */
    public List<Machine> heal() {
        var before = machines.all();
        var frozen = named(before, machine -> machine.power() == Power.FROZEN);
        if (!frozen.isEmpty()) {
            machines.thaw(frozen);
        }
        var off = named(before, machine -> machine.power() == Power.OFF);
        if (!off.isEmpty()) {
            machines.powerOn(off);
        }
        var cutOff = named(before, machine -> machine.network() == Network.CUT_OFF);
        if (!cutOff.isEmpty()) {
            machines.reconnect(cutOff);
        }
        return before.stream().filter(machine -> !machine.whole()).toList();
    }

    private static List<String> named(List<Machine> machines, Predicate<Machine> which) {
        return machines.stream().filter(which).map(Machine::node).toList();
    }
}
