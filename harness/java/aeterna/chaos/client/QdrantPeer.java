package aeterna.chaos.client;

import aeterna.chaos.model.Op;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import okhttp3.HttpUrl;
import okhttp3.Request;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** One Qdrant peer's own word about the cluster, and what an operator asks of it. Thread-safe; keeps no connections. */
public final class QdrantPeer {
    /** A peer answers from memory in milliseconds; the rest is for a busy machine of ours. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    /** Qdrant itself waits 10 s for the peers to agree. */
    private static final Duration CHANGE = Duration.ofSeconds(15);

    private final HttpUrl root;

    /**
     * @param address such as {@code http://127.0.0.1:30634}
     */
    public QdrantPeer(String address) {
        root = HttpUrl.get(address);
    }

    /**
     * How one peer sees the cluster.
     *
     * @param id its own
     * @param leader whom it follows; 0 when nobody
     * @param role Leader, Follower, Candidate or PreCandidate
     * @param voter whether it has a vote already
     * @param working whether it takes part at all
     * @param peers the addresses of all that are registered, dead ones too, by id
     */
    public record View(
            long id, long term, long leader, String role, boolean voter, boolean working, Map<Long, String> peers) {
        public View {
            peers = Map.copyOf(peers);
        }
    }

    /**
     * One copy of a shard.
     *
     * @param state such as Active or Dead
     */
    public record Replica(int shard, long peer, String state) {}

    /**
     * How one peer sees a collection.
     *
     * @param transfers how many replicas are being refilled
     */
    public record Replicas(List<Replica> all, int transfers) {
        public Replicas {
            all = List.copyOf(all);
        }
    }

    /**
     * Looks at the cluster.
     *
     * @throws IOException when it does not answer
     */
    public View view() throws IOException {
        var result = get("cluster");
        var raft = result.path("raft_info");
        var peers = new TreeMap<Long, String>();
        result.path("peers")
                .forEachEntry((id, peer) ->
                        peers.put(Long.valueOf(id), peer.path("uri").asString("")));
        return new View(
                result.path("peer_id").asLong(),
                raft.path("term").asLong(),
                raft.path("leader").asLong(0),
                raft.path("role").asString(""),
                raft.path("is_voter").asBoolean(),
                "working"
                        .equals(result.path("consensus_thread_status")
                                .path("consensus_thread_status")
                                .asString("")),
                peers);
    }

    /**
     * The names of all collections.
     *
     * @throws IOException when it does not answer
     */
    public List<String> collections() throws IOException {
        var names = new ArrayList<String>();
        get("collections")
                .path("collections")
                .forEach(each -> names.add(each.path("name").asString("")));
        return names;
    }

    /**
     * Looks at the replicas of a collection.
     *
     * @throws IOException when it does not answer, or knows no such collection
     */
    public Replicas replicas(String collection) throws IOException {
        var result = get("collections/" + collection + "/cluster");
        var self = result.path("peer_id").asLong();
        var all = new ArrayList<Replica>();
        for (var replicas : List.of(result.path("local_shards"), result.path("remote_shards"))) {
            replicas.forEach(each -> all.add(new Replica(
                    each.path("shard_id").asInt(),
                    each.path("peer_id").asLong(self),
                    each.path("state").asString(""))));
        }
        return new Replicas(all, result.path("shard_transfers").size());
    }

    /** The answers to all these questions as they stand, for evidence. */
    public String everything() throws IOException {
        var text = new StringBuilder(fetch(LOOK, builder("cluster").get()));
        for (var collection : collections()) {
            text.append('\n')
                    .append(fetch(
                            LOOK,
                            builder("collections/" + collection + "/cluster").get()));
        }
        return text.toString();
    }

    /**
     * Makes a collection.
     *
     * @throws IOException when that is refused or not agreed on in time
     */
    public void create(String collection, int dimensions, int shards, int replicationFactor, int writeConsistencyFactor)
            throws IOException {
        var body = Map.of(
                "vectors", Map.of("size", dimensions, "distance", "Cosine"),
                "shard_number", shards,
                "replication_factor", replicationFactor,
                "write_consistency_factor", writeConsistencyFactor);
        fetch(CHANGE, builder("collections/" + collection).put(HttpOnce.json(body)));
    }

    /**
     * Removes a peer whose volume is gone, with the replicas that it had.
     *
     * @throws IOException when that is refused or not agreed on in time
     */
    public void remove(long peer) throws IOException {
        fetch(CHANGE, builder("cluster/peer/" + peer + "?force=true").delete());
    }

    /**
     * Begins to make another copy of a shard.
     *
     * @throws IOException when that is refused or not agreed on in time
     */
    public void replicate(String collection, int shard, long from, long to) throws IOException {
        var body = Map.of("replicate_shard", Map.of("shard_id", shard, "from_peer_id", from, "to_peer_id", to));
        fetch(CHANGE, builder("collections/" + collection + "/cluster").post(HttpOnce.json(body)));
    }

    private JsonNode get(String path) throws IOException {
        try {
            return HttpOnce.JSON.readTree(fetch(LOOK, builder(path).get())).path("result");
        } catch (JacksonException malformed) {
            throw new IOException(root + path + " answered no JSON: " + malformed.getMessage(), malformed);
        }
    }

    private Request.Builder builder(String path) {
        return new Request.Builder().url(root + path);
    }

    private static String fetch(Duration within, Request.Builder request) throws IOException {
        try (var http = new HttpOnce(Op.Connection.NEW)) {
            return http.fetch(request.build(), within);
        }
    }

    @Override
    public String toString() {
        return root.host() + ":" + root.port();
    }
}
