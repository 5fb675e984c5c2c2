package aeterna.chaos.model;

/** What a testbed lets a fault do; a fault that needs a missing one says which. */
public enum Capability {
    /** Machines can be switched off without warning and on again. */
    MACHINE_POWER,
    /** All processes of a machine can be stopped and continued. */
    MACHINE_FREEZE,
    /** A machine can be cut off from the network and connected again. */
    MACHINE_NETWORK,
    /** The processes of a pod can be seen and killed from its machine. */
    POD_PROCESSES
}
