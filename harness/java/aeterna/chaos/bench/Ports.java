package aeterna.chaos.bench;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Ports of 127.0.0.1 that no outgoing connection is given by the machine. */
final class Ports {
    /** Below what Linux gives to outgoing connections, and above what services like to use. */
    private static final int FIRST = 21_000;

    private static final int LAST = 32_000;

    private Ports() {}

    /** Opens something on each of the first so many free ports. */
    static <T> List<T> open(int count, Opening<T> opening) {
        var opened = new ArrayList<T>();
        for (int port = FIRST; port <= LAST && opened.size() < count; port++) {
            try {
                opened.add(opening.on(port));
            } catch (IOException taken) {
                // By somebody else: the next one may be free.
            }
        }
        if (opened.size() < count) {
            throw new Problem(
                    "there are no " + count + " free ports from " + FIRST + " to " + LAST + " on 127.0.0.1",
                    "End what listens on them.");
        }
        return opened;
    }

    /** Listens on a port. */
    @FunctionalInterface
    interface Opening<T> {
        T on(int port) throws IOException;
    }
}
