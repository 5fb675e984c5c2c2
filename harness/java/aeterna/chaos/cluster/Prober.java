package aeterna.chaos.cluster;

import aeterna.chaos.model.Place;
import java.time.Duration;
import java.util.List;

/** Tries to reach addresses from inside machines and pods. Thread-safe. */
public interface Prober {
    /** Tries all of them at the same time, half a second at most each; the answers are in the order of the attempts. */
    List<Contact> reach(List<Attempt> attempts);

    /**
     * One try.
     *
     * @param from the place to try from
     * @param address an IPv4 address
     * @param port 1 to 65535
     * @param name what the name server at that address is asked for; empty to connect by TCP
     */
    record Attempt(Place from, String address, int port, String name) {
        /** Connecting by TCP. */
        public static Attempt connect(Place from, String address, int port) {
            return new Attempt(from, address, port, "");
        }
    }

    /**
     * What came of a try.
     *
     * @param outcome how it ended
     * @param took how long that took
     */
    record Contact(Outcome outcome, Duration took) {
        /** True when an answer came back, even one that says no: it has travelled both ways. */
        public boolean answered() {
            return outcome == Outcome.CONNECTED || outcome == Outcome.REFUSED;
        }
    }

    /** How a try ended. */
    enum Outcome {
        CONNECTED,
        REFUSED,
        TIMEOUT,
        UNREACHABLE,
        /** Nobody is there who could try. */
        ABSENT,
        ERROR
    }
}
