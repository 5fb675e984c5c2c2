package aeterna.chaos.stack;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.client.HttpEntrance;
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

/** The Aeterna API: replicas of which each can answer every request. Its entrance is the gateway, where users come in. */
public final class Api implements Entrance {
    /** Its id everywhere. */
    public static final String ID = "api";

    private final Selection pods;
    private final Entrance entrance;

    Api(Cluster cluster, String namespace, int port) {
        pods = new Selection(
                cluster,
                namespace,
                Map.of("app.kubernetes.io/name", "aeterna", "app.kubernetes.io/instance", "aeterna"));
        entrance = new HttpEntrance(ID, "http://127.0.0.1:" + port);
    }

    /** One of its pods. */
    public Target anyPod() {
        return pods.any("an API replica", Api::floor);
    }

    /** The others serve on; only where nobody is told does a node's lease have to run out first. */
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
