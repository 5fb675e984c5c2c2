package aeterna.chaos.cluster;

import aeterna.chaos.model.Place;

/**
 * Packets of one kind, seen at one place.
 *
 * @param at where they are caught
 * @param direction whether they arrive there or leave it
 * @param from the IPv4 network that they come from, such as {@code 10.42.1.0/24}; empty for any
 * @param to the IPv4 network that they go to; empty for any
 * @param protocol {@code tcp} or {@code udp}; empty for any
 * @param port the destination's port; zero for any
 */
public record Flow(Place at, Direction direction, String from, String to, String protocol, int port) {
    /** Which way, from where they are caught. */
    public enum Direction {
        IN,
        OUT
    }

    /** Everything that arrives from a network. */
    public static Flow arriving(Place at, String from) {
        return new Flow(at, Direction.IN, from, "", "", 0);
    }

    /** Everything that leaves for a network. */
    public static Flow leaving(Place at, String to) {
        return new Flow(at, Direction.OUT, "", to, "", 0);
    }
}
