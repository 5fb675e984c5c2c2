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

    /** The poolers, by their labels. */
    private static final String NAME = "aeterna-postgres-pooler-rw";

    private final boolean there;

    /**
     * @param there false where the profile has none: then applications go to the primary themselves
     * @param entrance where applications go for the database
     */
    Pooler(Cluster cluster, String namespace, boolean there, Entrance entrance) {
        super(ID, "a pooler replica", new Selection(cluster, namespace, Map.of("cnpg.io/poolerName", NAME)), entrance);
        this.there = there;
    }

    @Override
    public List<String> images() {
        return IMAGES;
    }

    @Override
    public List<String> workloads() {
        return there ? List.of(NAME) : List.of();
    }
}
