package aeterna.chaos.wiring;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.fault.FaultKind;
import aeterna.chaos.fault.Targets;
import aeterna.chaos.model.Zone;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.Timekeeper;

/** Whom of the stack every kind of fault is tried on. */
public final class StackAims {
    private StackAims() {}

    /** A replica of the API, a standby and its node, the last zone of the topology and the first one. */
    public static FaultKind.Aims of(Testbed testbed, Stack stack, Timekeeper time) {
        var targets = Targets.on(testbed);
        var zones = testbed.topology().zones().stream().map(Zone::name).toList();
        return new FaultKind.Aims(
                stack.api().anyPod(),
                stack.postgres().anyStandby(),
                targets.nodeOf(stack.postgres().anyStandby()),
                targets.zone(zones.get(zones.size() - 1)),
                targets.zone(zones.get(0)),
                "aeterna",
                "/var/lib/postgresql/data",
                time);
    }
}
