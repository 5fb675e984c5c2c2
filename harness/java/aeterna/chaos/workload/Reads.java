package aeterna.chaos.workload;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.model.Op.Kind;
import java.time.Duration;

/** Reads of something that is always there. */
public final class Reads {
    private Reads() {}

    /** Read over new and over reused connections, thirty a second together. */
    public static Workload through(Entrance entrance) {
        return Clients.of(Kind.READ, entrance, connection -> Reader.none());
    }

    /** The same, with that time between two requests of each of the two clients. */
    public static Workload through(Entrance entrance, Duration spacing) {
        return Clients.of(Kind.READ, entrance, connection -> Reader.none(), connection -> spacing);
    }
}
