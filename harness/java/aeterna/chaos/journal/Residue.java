package aeterna.chaos.journal;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Trace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Everything that faults have left on a testbed: what the engine, the nodes and the API show, beyond what an untouched
 * testbed has. For a moment in which nothing is meant to be broken.
 *
 * @param testbed looked at
 */
public record Residue(Testbed testbed) {
    /** Every trace, sorted; throws a {@link aeterna.chaos.model.Problem} when not everything could be looked at. */
    public List<Trace> look() {
        var traces = new ArrayList<Trace>();
        testbed.machines().all().forEach(machine -> traces.addAll(traces(machine)));
        traces.addAll(testbed.nodeTraces().look());
        traces.addAll(testbed.cluster().traces(testbed.topology()));
        Collections.sort(traces);
        return List.copyOf(traces);
    }

    private static List<Trace> traces(Machine machine) {
        var traces = new ArrayList<Trace>();
        switch (machine.power()) {
            case OFF -> traces.add(new Trace(Trace.Kind.POWER, machine.node(), "it is off"));
            case FROZEN -> traces.add(new Trace(Trace.Kind.FROZEN, machine.node(), "the whole machine"));
            case ON -> {
                // As it should be.
            }
        }
        if (machine.network() == Machine.Network.CUT_OFF) {
            traces.add(new Trace(Trace.Kind.CABLE, machine.node(), "it is cut off"));
        }
        return traces;
    }
}
