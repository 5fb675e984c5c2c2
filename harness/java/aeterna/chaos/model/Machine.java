package aeterna.chaos.model;

/**
 * What a machine is like just now, as its engine and its network link show it.
 *
 * @param node the node's name
 * @param address the node's fixed address in the testbed's network
 * @param power whether it runs
 * @param network whether it is connected; {@link Network#UNKNOWN} while it does not run
 */
public record Machine(String node, String address, Power power, Network network) {
    /** Whether a machine runs. */
    public enum Power {
        ON,
        FROZEN,
        OFF
    }

    /** Whether a machine is connected. */
    public enum Network {
        CONNECTED,
        CUT_OFF,
        UNKNOWN
    }

    /** True when nothing is wrong with it. */
    public boolean whole() {
        return power == Power.ON && network != Network.CUT_OFF;
    }
}
