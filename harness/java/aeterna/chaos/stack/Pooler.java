package aeterna.chaos.stack;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.client.Reply;
import aeterna.chaos.client.Session;
import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Target;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** PgBouncer in front of the PostgreSQL primary. */
public final class Pooler implements Entrance {
    /** Its id everywhere. */
    public static final String ID = "pooler";

    private final Selection pods;
    private final Entrance entrance;

    Pooler(Cluster cluster, String namespace, Entrance entrance) {
        pods = new Selection(cluster, namespace, Map.of("cnpg.io/poolerName", "aeterna-postgres-pooler-rw"));
        this.entrance = entrance;
    }

    /** One of its pods. */
    public Target anyPod() {
        return pods.any("a pooler replica", Pooler::floor);
    }

    private static Optional<Floor> floor(Loss loss) {
        return loss == Loss.SILENT ? Optional.empty() : Optional.of(new Floor(List.of()));
    }

    @Override
    public Session open(Op.Connection connection) throws Exception {
        return entrance.open(connection);
    }

    @Override
    public Map<String, Integer> kept(String prefix) throws Exception {
        return entrance.kept(prefix);
    }

    @Override
    public Reply ask() {
        return entrance.ask();
    }

    @Override
    public String toString() {
        return ID;
    }
}
