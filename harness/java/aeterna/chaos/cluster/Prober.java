package aeterna.chaos.cluster;

import aeterna.chaos.model.Client;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Place;
import aeterna.chaos.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Reaches for addresses from inside machines and pods. Thread-safe. */
public interface Prober {
    /** Tries all of them at the same time, half a second at most each; the answers are in the order of the attempts. */
    List<Contact> reach(List<Attempt> attempts);

    /**
     * Lets clients do their errands from inside, each on its own schedule and none waiting for another, until closed. One
     * whose pod stands still or is gone sends nothing: its requests are shed.
     *
     * @param clock whose moments the requests carry
     * @param sink hears of every request as it ends, on some other thread
     * @param trouble hears why it ended by itself, if it did
     */
    Subscription work(List<Errand> errands, Clock clock, Consumer<Op> sink, Consumer<String> trouble);

    /**
     * What a client asks again and again, over a new connection each time.
     *
     * @param client whose schedule, deadline and cap
     * @param from the place that it works in
     * @param address an IPv4 address
     * @param port 1 to 65535
     * @param request what is sent, each character a byte
     * @param expected what a good answer begins with
     */
    record Errand(Client client, Place from, String address, int port, String request, String expected) {}

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
