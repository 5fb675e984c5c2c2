package aeterna.chaos.doctor;

import java.math.BigInteger;

/** The capabilities that this machine lets processes have at all. */
final class CapabilityBound {
    private static final int CAP_SYS_RESOURCE = 24;

    private final Host host;

    CapabilityBound(Host host) {
        this.host = host;
    }

    /** True also where there is nothing to see, as on other systems, whose engine runs in a machine of its own. */
    boolean allowsSysResource() {
        return host.read("/proc/self/status").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("CapBnd:"))
                .map(line -> new BigInteger(line.substring("CapBnd:".length()).strip(), 16))
                .allMatch(bound -> bound.testBit(CAP_SYS_RESOURCE));
    }
}
