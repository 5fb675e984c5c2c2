package aeterna.chaos.cluster;

import aeterna.chaos.model.Place;

/**
 * The file systems of pods' volumes. Thread-safe.
 *
 * <p>All methods throw {@link aeterna.chaos.model.Problem} when the pod has no volume there.
 */
public interface Volumes {
    /** How full it is. */
    Room look(Place pod, String path);

    /** Fills it up to the last block; refuses one that is not the volume's own, or larger than {@code atMostBytes}. */
    void fill(Place pod, String path, long atMostBytes);

    /** Removes what {@link #fill} put there; nothing there is fine, and so is a pod that is gone. */
    void empty(Place pod, String path);

    /**
     * A volume's file system.
     *
     * @param totalBytes its size
     * @param freeBytes what is left of it
     * @param fillerBytes what of it we hold
     * @param own false when the node itself is on it: filling it would fill the machine
     */
    record Room(long totalBytes, long freeBytes, long fillerBytes, boolean own) {}
}
