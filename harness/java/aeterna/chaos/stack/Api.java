package aeterna.chaos.stack;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.client.HttpEntrance;
import aeterna.chaos.client.MemoryEntrance;
import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The Aeterna API. Its entrance is the gateway, where users come in. */
public final class Api extends Replicas {
    /** Its id everywhere. */
    public static final String ID = "api";

    static final List<String> IMAGES = List.of("api");

    private final MemoryEntrance memories;

    Api(Cluster cluster, String namespace, int port) {
        super(
                ID,
                "an API replica",
                new Selection(
                        cluster,
                        namespace,
                        Map.of("app.kubernetes.io/name", "aeterna", "app.kubernetes.io/instance", "aeterna")),
                new HttpEntrance(ID, "http://127.0.0.1:" + port));
        memories = new MemoryEntrance(ID + " memories", "http://127.0.0.1:" + port);
    }

    /** The same gateway, for memories: each is in the database and in the vector store, and a search asks both. */
    public Entrance memories() {
        return memories;
    }

    @Override
    public List<Entrance> entrances() {
        return List.of(this, memories);
    }

    @Override
    public void forgetEarlierWrites() {
        try {
            memories.forget();
        } catch (IOException refused) {
            throw new Problem(
                    "the API does not forget the memories of earlier runs: " + refused.getMessage(),
                    "Look at its replicas with `./chaos status`.",
                    refused);
        }
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
