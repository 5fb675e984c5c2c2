package aeterna.chaos.stack;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.cluster.Cluster;
import java.util.List;
import java.util.Map;

/** PgBouncer in front of the PostgreSQL primary. */
public final class Pooler extends Replicas {
    /** Its id everywhere. */
    public static final String ID = "pooler";

    static final List<String> IMAGES = List.of("pgbouncer");

    Pooler(Cluster cluster, String namespace, Entrance entrance) {
        super(
                ID,
                "a pooler replica",
                new Selection(cluster, namespace, Map.of("cnpg.io/poolerName", "aeterna-postgres-pooler-rw")),
                entrance);
    }

    @Override
    public List<String> images() {
        return IMAGES;
    }

    @Override
    public List<String> workloads() {
        return List.of("aeterna-postgres-pooler-rw");
    }
}
