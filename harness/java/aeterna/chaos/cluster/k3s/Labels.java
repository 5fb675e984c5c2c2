package aeterna.chaos.cluster.k3s;

import java.util.Map;

/** The labels by which everything the harness makes in Docker is found again, whoever made it and however that ended. */
final class Labels {
    /** The testbed's name, on containers, networks and volumes. */
    static final String TESTBED = "aeterna.chaos";

    /** {@code node}, {@code registry}, {@link #HELPER} or {@link #RESIDENT}. */
    static final String ROLE = "aeterna.chaos/role";

    /** The node's name. */
    static final String NODE = "aeterna.chaos/node";

    /** The topology, as JSON: what finds a testbed must know its shape whatever file it came from. */
    static final String TOPOLOGY = "aeterna.chaos/topology";

    /** A digest of what the testbed was asked to be: another digest means another testbed. */
    static final String REQUEST = "aeterna.chaos/request";

    /** The process that waits for a helper: when that is gone, nobody does. */
    static final String OWNER = "aeterna.chaos/owner";

    /** The role of containers that act or look once, or as long as a fault is in place. */
    static final String HELPER = "netops";

    /** The role of the helper that stays as long as the testbed. */
    static final String RESIDENT = "netops-resident";

    private Labels() {}

    /** What a helper container of a testbed carries. */
    static Map<String, String> ofHelper(String testbed) {
        return Map.of(
                TESTBED,
                testbed,
                ROLE,
                HELPER,
                OWNER,
                Long.toString(ProcessHandle.current().pid()));
    }
}
