package aeterna.chaos.client;

import java.util.Map;

/** A store as it was at a time, beside the one that is there; closing it removes it. */
public interface RestoredCopy extends AutoCloseable {
    /** Every written key that begins with the prefix, and how often it is in it. */
    Map<String, Integer> kept(String prefix);

    @Override
    void close();
}
