package aeterna.chaos.workload;

import java.util.List;
import java.util.Map;

/** Reads a client's writes back after healing. */
@FunctionalInterface
public interface Reader {
    /**
     * Every key that begins with the prefix, in every place where it must or may be.
     *
     * @throws Exception when a place could not be read; it is asked again
     */
    List<Found> read(String prefix) throws Exception;

    /**
     * What was found in one place.
     *
     * @param instance the place, such as {@code through the API} or a replica's name
     * @param authoritative true for the one place where an acknowledged write must be; others may lag
     * @param copies every key found and how often
     */
    record Found(String instance, boolean authoritative, Map<String, Integer> copies) {
        public Found {
            copies = Map.copyOf(copies);
        }
    }

    /** The reader of clients that only read. */
    static Reader none() {
        return prefix -> List.of();
    }
}
