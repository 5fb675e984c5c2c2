package aeterna.chaos.image;

/** Finds out quickly whether an image registry can be reached. */
@FunctionalInterface
interface RegistryProbe {
    /** True when the registry at that host answers at all; takes seconds at most. */
    boolean answers(String host);
}
