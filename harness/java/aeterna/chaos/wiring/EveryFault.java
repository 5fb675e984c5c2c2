package aeterna.chaos.wiring;

import aeterna.chaos.fault.Fault;
import aeterna.chaos.fault.KillPod;
import aeterna.chaos.fault.PowerOffWithStandbysBehind;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Every fault there is, once, aimed at the stack: for measurements of the faults themselves. */
final class EveryFault {
    private EveryFault() {}

    /** By name, in the order in which they are to be read. */
    static Map<String, Fault> of(Stack stack, Timekeeper time) {
        var postgres = stack.postgres();
        var faults = new LinkedHashMap<String, Fault>();
        faults.put("pod-killed", KillPod.of(stack.api().anyPod()).abruptly());
        faults.put("pod-deleted", KillPod.of(stack.api().anyPod()).gracefully());
        faults.put(
                "power-off-with-standbys-behind",
                new PowerOffWithStandbysBehind(postgres.primary(), postgres.standbys(), Duration.ofSeconds(1), time));
        return faults;
    }
}
