package aeterna.chaos.stack;

import aeterna.chaos.client.HttpEntrance;
import aeterna.chaos.cluster.Cluster;
import java.util.List;
import java.util.Map;

/** The Aeterna API. Its entrance is the gateway, where users come in. */
public final class Api extends Replicas {
    /** Its id everywhere. */
    public static final String ID = "api";

    static final List<String> IMAGES = List.of("api");

    Api(Cluster cluster, String namespace, int port) {
        super(
                ID,
                "an API replica",
                new Selection(
                        cluster,
                        namespace,
                        Map.of("app.kubernetes.io/name", "aeterna", "app.kubernetes.io/instance", "aeterna")),
                new HttpEntrance(ID, "http://127.0.0.1:" + port));
    }

    @Override
    public List<String> images() {
        return IMAGES;
    }

    @Override
    public List<String> workloads() {
        return List.of("aeterna", "aeterna-gateway");
    }
}
