package aeterna.chaos.client;

import aeterna.chaos.model.Op;
import java.util.Map;

/**
 * A way into the stack that applications take: what they write there must be there afterwards. Its {@code toString} is
 * its name in reports, such as {@code api}. Thread-safe.
 */
public interface Entrance {
    /**
     * Makes a place for writes ready and opens a session; connects to nothing that could not be connected to later.
     *
     * @param connection whether each request connects anew or goes over connections that earlier ones used
     * @throws Exception when the place for writes cannot be made
     */
    Session open(Op.Connection connection) throws Exception;

    /**
     * Every written key that begins with the prefix and how often it is there, read from where it must be.
     *
     * @throws Exception when it could not be read
     */
    Map<String, Integer> kept(String prefix) throws Exception;

    /** Asks one harmless question over a new connection; the answer says whether this way is open. */
    Reply ask();
}
