package aeterna.chaos.fakes;

import aeterna.chaos.cluster.Machines;
import aeterna.chaos.cluster.Usage;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Machine.Network;
import aeterna.chaos.model.Machine.Power;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Machines that exist in memory alone; remembers the acts. */
public final class FakeMachines implements Machines {
    private final Map<String, Machine> machines = new TreeMap<>();
    private final List<String> acts = new ArrayList<>();
    private String failing = "";

    /** Machines of these names, all whole. */
    public FakeMachines(String... nodes) {
        for (String node : nodes) {
            machines.put(node, new Machine(node, "10.0.0." + machines.size(), Power.ON, Network.CONNECTED));
        }
    }

    /** From now on that act fails, such as {@code thaw}. */
    public void failing(String act) {
        failing = act;
    }

    /** What was asked, in order, such as {@code freeze [node-1]}. */
    public List<String> acts() {
        return List.copyOf(acts);
    }

    @Override
    public List<Machine> all() {
        return List.copyOf(machines.values());
    }

    @Override
    public Usage usage() {
        return new Usage(Duration.ZERO, 0);
    }

    @Override
    public Duration freeze(Collection<String> nodes) {
        return act("freeze", nodes, machine -> with(machine, Power.FROZEN, machine.network()));
    }

    @Override
    public void thaw(Collection<String> nodes) {
        act("thaw", nodes, machine -> with(machine, Power.ON, machine.network()));
    }

    @Override
    public Duration powerOff(Collection<String> nodes) {
        return act("powerOff", nodes, machine -> with(machine, Power.OFF, Network.UNKNOWN));
    }

    @Override
    public void powerOn(Collection<String> nodes) {
        act("powerOn", nodes, machine -> with(machine, Power.ON, Network.CONNECTED));
    }

    @Override
    public Duration cutOff(Collection<String> nodes) {
        return act("cutOff", nodes, machine -> with(machine, machine.power(), Network.CUT_OFF));
    }

    @Override
    public void reconnect(Collection<String> nodes) {
        act("reconnect", nodes, machine -> with(machine, machine.power(), Network.CONNECTED));
    }

    private Duration act(String what, Collection<String> nodes, UnaryOperator<Machine> change) {
        if (what.equals(failing)) {
            throw new IllegalStateException("the engine is gone");
        }
        acts.add(what + " " + nodes);
        nodes.forEach(node -> machines.computeIfPresent(node, (name, machine) -> change.apply(machine)));
        return Duration.ZERO;
    }

    private static Machine with(Machine machine, Power power, Network network) {
        return new Machine(machine.node(), machine.address(), power, network);
    }
}
