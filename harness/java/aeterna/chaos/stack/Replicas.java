package aeterna.chaos.stack;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.client.Reply;
import aeterna.chaos.client.Session;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Target;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A component of equal replicas, each of which can answer every request: the component is its own way in. */
abstract class Replicas implements Component, Entrance {
    private final String id;
    private final String one;
    private final Selection pods;
    private final Entrance entrance;

    /**
     * @param one how reports call one of them, such as {@code an API replica}
     */
    Replicas(String id, String one, Selection pods, Entrance entrance) {
        this.id = id;
        this.one = one;
        this.pods = pods;
        this.entrance = entrance;
    }

    @Override
    public final String id() {
        return id;
    }

    @Override
    public List<Entrance> entrances() {
        return List.of(this);
    }

    /** One of its pods. */
    public final Target anyPod() {
        return pods.any(one, Replicas::floor);
    }

    /** All of its pods. */
    public final Target everyPod() {
        return pods.every("all pods of the " + id, loss -> Optional.empty());
    }

    /** The others serve on; only where nobody is told does a node's lease have to run out first. */
    private static Optional<Floor> floor(Loss loss) {
        return loss == Loss.SILENT ? Optional.empty() : Optional.of(new Floor(List.of()));
    }

    @Override
    public final Session open(Op.Connection connection) throws Exception {
        return entrance.open(connection);
    }

    @Override
    public final Map<String, Integer> kept(String prefix) throws Exception {
        return entrance.kept(prefix);
    }

    @Override
    public final Reply ask() {
        return entrance.ask();
    }

    @Override
    public final String toString() {
        return id;
    }
}
