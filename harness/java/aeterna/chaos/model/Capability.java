package aeterna.chaos.model;

/** What a testbed lets a fault do; a fault that needs a missing one says which. */
public enum Capability {
    /** Machines can be switched off without warning and on again. */
    MACHINE_POWER,
    /** All processes of a machine can be stopped and continued. */
    MACHINE_FREEZE,
    /** A machine can be cut off from the network and connected again. */
    MACHINE_NETWORK,
    /** The processes of a pod can be seen, stopped, continued and killed from its machine. */
    POD_PROCESSES,
    /** Packets of machines and pods can be dropped, lost, delayed and slowed down, and connections tried from inside. */
    TRAFFIC,
    /** Processor time and memory of one machine can be used up without hurting the others. */
    STRAIN,
    /** Volumes of pods can be looked at and filled; each volume still has to have a file system of its own. */
    VOLUMES,
    /** The wall clock of one machine can be changed. */
    MACHINE_CLOCK
}
