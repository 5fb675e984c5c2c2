package aeterna.chaos.workload;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.model.Op.Kind;
import aeterna.chaos.workload.Reader.Found;
import java.time.Duration;
import java.util.List;

/** Writes with keys of their own, read back after healing: whatever was acknowledged must be there. */
public final class AckedWrites {
    private AckedWrites() {}

    /** Written over new and over reused connections, thirty a second together; read back the same way in. */
    public static Workload through(Entrance entrance) {
        return Clients.of(Kind.WRITE, entrance, connection -> reader(entrance));
    }

    /** The same, with that time between two requests of each of the two clients: the closer, the finer an outage is measured. */
    public static Workload through(Entrance entrance, Duration spacing) {
        return Clients.of(Kind.WRITE, entrance, connection -> reader(entrance), connection -> spacing);
    }

    private static Reader reader(Entrance entrance) {
        return prefix -> List.of(new Found("through the " + entrance, true, entrance.kept(prefix)));
    }
}
