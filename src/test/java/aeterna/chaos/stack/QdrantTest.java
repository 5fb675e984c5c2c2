package aeterna.chaos.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.client.QdrantEntrance;
import aeterna.chaos.client.QdrantPeer;
import aeterna.chaos.fakes.FakeCluster;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Problem;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Three peers that say what a test tells them to; peer n has the id 10 + n. */
class QdrantTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Profile PROFILE = new Profile(
            "test",
            new TreeMap<>(Map.of(
                    "qdrant.peers", "3",
                    "qdrant.shards", "1",
                    "qdrant.replicationFactor", "3",
                    "qdrant.writeConsistencyFactor", "2",
                    "qdrant.dimensions", "4",
                    "qdrant.tickPeriodMs", "100")));

    private final FakeCluster cluster = new FakeCluster();
    private final Random chance = new Random(7);
    private final List<Fake> fakes = new ArrayList<>();
    private final List<String> changes = new ArrayList<>();
    private boolean collection = true;
    private Qdrant qdrant;

    /** One peer, and what it says. */
    private final class Fake {
        private final int ordinal;
        private final HttpServer server;
        private long id;
        private long leader = 11;
        private long term = 4;
        private final Map<Long, String> registered = new TreeMap<>();
        private final Map<Long, String> replicas = new TreeMap<>();

        Fake(int ordinal) throws IOException {
            this.ordinal = ordinal;
            id = 10L + ordinal;
            for (var peer = 0; peer < 3; peer++) {
                registered.put(10L + peer, address(peer));
                replicas.put(10L + peer, "Active");
            }
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", this::answer);
            server.start();
        }

        private void answer(HttpExchange exchange) throws IOException {
            var what = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Object result = true;
            switch (what) {
                case "GET /cluster" -> result = cluster();
                case "GET /collections" ->
                    result = Map.of("collections", collection ? List.of(Map.of("name", Qdrant.COLLECTION)) : List.of());
                case "GET /collections/aeterna_memories/cluster" -> result = replicas();
                default -> {
                    changes.add(what + " " + body);
                    collection = true;
                }
            }
            var text = JSON.writeValueAsBytes(Map.of("result", result, "status", "ok"));
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        }

        private Map<String, Object> cluster() {
            var peers = new TreeMap<String, Object>();
            registered.forEach((peer, uri) -> peers.put(String.valueOf(peer), Map.of("uri", uri)));
            return Map.of(
                    "peer_id",
                    id,
                    "peers",
                    peers,
                    "raft_info",
                    Map.of(
                            "term",
                            term,
                            "leader",
                            leader,
                            "role",
                            leader == id ? "Leader" : "Follower",
                            "is_voter",
                            true),
                    "consensus_thread_status",
                    Map.of("consensus_thread_status", "working"));
        }

        private Map<String, Object> replicas() {
            var remote = replicas.entrySet().stream()
                    .filter(replica -> replica.getKey() != id)
                    .map(replica -> Map.of("shard_id", 0, "peer_id", replica.getKey(), "state", replica.getValue()))
                    .toList();
            var local = replicas.containsKey(id)
                    ? List.of(Map.of("shard_id", 0, "state", replicas.get(id), "points_count", 1))
                    : List.of();
            return Map.of("peer_id", id, "local_shards", local, "remote_shards", remote, "shard_transfers", List.of());
        }
    }

    private static String address(int peer) {
        return "http://aeterna-qdrant-" + peer + ".aeterna-qdrant-headless:6335";
    }

    @BeforeEach
    void start() throws IOException {
        for (var peer = 0; peer < 3; peer++) {
            fakes.add(new Fake(peer));
            cluster.pod(
                    "aeterna-qdrant-" + peer,
                    "node-" + peer,
                    Map.of("app.kubernetes.io/name", "qdrant", "app.kubernetes.io/instance", "aeterna-qdrant"));
        }
        qdrant = new Qdrant(
                cluster,
                "aeterna",
                PROFILE,
                ExpectedFlaws.none(),
                new QdrantEntrance("qdrant", at(0), Qdrant.COLLECTION, 4),
                IntStream.range(0, 3).mapToObj(peer -> new QdrantPeer(at(peer))).toList());
    }

    private String at(int peer) {
        return "http://127.0.0.1:" + fakes.get(peer).server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        fakes.forEach(fake -> fake.server.stop(0));
    }

    private List<String> seen() {
        return qdrant.steady(PROFILE).stream()
                .map(SteadyChecks::look)
                .filter(look -> !look.steady())
                .map(look -> look.seen())
                .toList();
    }

    @Test
    void theLeaderIsWhomMostPeersFollow() {
        assertThat(qdrant.leader().resolve(chance).pods()).containsExactly("aeterna/aeterna-qdrant-1");
        assertThat(qdrant.followers().resolve(chance).pods())
                .containsExactly("aeterna/aeterna-qdrant-0", "aeterna/aeterna-qdrant-2");
        assertThat(qdrant.anyFollower().resolve(chance).pods()).hasSize(1);
        assertThat(qdrant.roles())
                .containsEntry("aeterna-qdrant-0", "follower")
                .containsEntry("aeterna-qdrant-1", "leader")
                .hasSize(3);

        // Cut off, the former leader does not know better; the others do.
        fakes.get(0).leader = 12;
        fakes.get(2).leader = 12;
        assertThat(qdrant.leader().resolve(chance).pods()).containsExactly("aeterna/aeterna-qdrant-2");
    }

    @Test
    void nobodyLeadsWhileThePeersDisagree() {
        fakes.get(0).leader = 0;
        fakes.get(2).leader = 12;

        assertThatThrownBy(() -> qdrant.leader().resolve(chance))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("aeterna-qdrant-0 follows nobody in term 4")
                .hasMessageContaining("aeterna-qdrant-2 follows aeterna-qdrant-2");
    }

    @Test
    void aLeaderThatIsDownAlreadyIsNoTarget() {
        cluster.change("aeterna-qdrant-1", false, false, "x", 1);

        assertThatThrownBy(() -> qdrant.leader().resolve(chance)).isInstanceOf(Problem.class);
    }

    @Test
    void theFloorIsAnElectionOrAConnectTimeout() {
        assertThat(qdrant.leader().floor(Loss.ABRUPT).orElseThrow().total()).isEqualTo(Duration.ofMillis(1800));
        assertThat(qdrant.anyFollower().floor(Loss.ABRUPT).orElseThrow().total())
                .isZero();
        assertThat(qdrant.anyFollower().floor(Loss.SILENT).orElseThrow().total())
                .isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void isSteadyWhenAllPeersSayTheSame() {
        assertThat(seen()).isEmpty();
    }

    @Test
    void isNotSteadyWithTwoLeadersOrAPeerTooMany() {
        fakes.get(2).term = 5;
        assertThat(seen()).singleElement().asString().contains("aeterna-qdrant-2 follows aeterna-qdrant-1 in term 5");

        fakes.get(2).term = 4;
        fakes.get(2).registered.put(99L, address(2));
        assertThat(seen()).singleElement().asString().startsWith("3 of 3 voters, 4 registered");
    }

    @Test
    void isNotSteadyWhenAPeerIsSilent() {
        fakes.get(2).server.stop(0);

        assertThat(seen()).hasSize(2);
        assertThat(seen().get(0)).startsWith("2 of 3 voters");
        assertThat(seen().get(1)).startsWith("aeterna-qdrant-2 does not answer");
    }

    @Test
    void isNotSteadyWhileAnyPeerSeesADeadOrMissingReplica() {
        fakes.get(2).replicas.put(10L, "Dead");
        assertThat(seen()).containsExactly("aeterna_memories as aeterna-qdrant-2 sees it: shard 0 is Dead on peer 10");

        fakes.get(2).replicas.remove(10L);
        assertThat(seen()).containsExactly("aeterna_memories as aeterna-qdrant-2 sees it: shard 0 has 2 of 3 replicas");
    }

    @Test
    void isNotSteadyBeforeTheCollectionIsThere() {
        collection = false;

        assertThat(seen()).containsExactly("the collection aeterna_memories is not there yet");
    }

    @Test
    void settlesOnlyWhatIsMissing() {
        qdrant.settle(PROFILE);
        assertThat(changes).isEmpty();

        collection = false;
        qdrant.settle(PROFILE);
        assertThat(changes)
                .singleElement()
                .asString()
                .startsWith("PUT /collections/aeterna_memories ")
                .contains("\"replication_factor\":3", "\"write_consistency_factor\":2", "\"size\":4");
    }

    @Test
    void aPeerThatLostItsVolumeIsReplaced() {
        for (var fake : fakes) {
            fake.registered.put(99L, address(0));
            if (fake.ordinal == 0) {
                fake.id = 99;
            }
            fake.replicas.remove(10L);
        }

        qdrant.settle(PROFILE);

        assertThat(changes).hasSize(2);
        assertThat(changes.get(0)).startsWith("DELETE /cluster/peer/10?force=true");
        assertThat(changes.get(1))
                .startsWith("POST /collections/aeterna_memories/cluster")
                .contains("\"to_peer_id\":99");
    }

    @Test
    void isNotSetUpWhenNobodyAnswers() {
        stop();

        assertThatThrownBy(() -> qdrant.settle(PROFILE))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("no peer answers");
    }
}
