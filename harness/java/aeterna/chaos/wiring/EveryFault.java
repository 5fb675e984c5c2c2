package aeterna.chaos.wiring;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.fault.Fault;
import aeterna.chaos.fault.FreezeNode;
import aeterna.chaos.fault.FreezePod;
import aeterna.chaos.fault.IsolateNode;
import aeterna.chaos.fault.KillContainer;
import aeterna.chaos.fault.KillPod;
import aeterna.chaos.fault.PowerOffNode;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Zone;
import aeterna.chaos.stack.Stack;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Every fault there is, once, aimed at the stack: for measurements of the faults themselves. */
final class EveryFault {
    private EveryFault() {}

    /** By name, in the order in which they are to be read. */
    static Map<String, Fault> of(Testbed testbed, Stack stack) {
        var replica = stack.api().anyPod();
        var primary = stack.postgres().primary();
        var zone = new WholeZone(largest(testbed));
        var faults = new LinkedHashMap<String, Fault>();
        faults.put("pod-deleted", KillPod.of(replica).gracefully());
        faults.put("pod-killed", KillPod.of(replica).abruptly());
        faults.put("container-killed", KillContainer.of(primary, "postgres"));
        faults.put("pod-frozen", FreezePod.of(primary));
        faults.put("node-frozen", FreezeNode.of(primary));
        faults.put("node-isolated", IsolateNode.of(primary));
        faults.put("node-off", PowerOffNode.of(primary));
        faults.put("zone-frozen", FreezeNode.of(zone));
        faults.put("zone-isolated", IsolateNode.of(zone));
        faults.put("zone-off", PowerOffNode.of(zone));
        return faults;
    }

    private static Zone largest(Testbed testbed) {
        var topology = testbed.topology();
        return topology.zones().stream()
                .reduce((one, other) ->
                        topology.nodesIn(other).size() > topology.nodesIn(one).size() ? other : one)
                .orElseThrow(() -> new Problem(
                        "the topology " + topology.name() + " has no zones", "Measure on a testbed with zones."));
    }

    /**
     * All nodes of a zone.
     *
     * @param zone which one
     */
    private record WholeZone(Zone zone) implements Target {
        @Override
        public Hit resolve(RandomGenerator chance) {
            return Hit.of(List.of(), List.of(), List.of(zone.name()));
        }

        @Override
        public String toString() {
            return "the nodes of " + zone;
        }
    }
}
