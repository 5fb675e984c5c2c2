package aeterna.chaos.fakes;

import aeterna.chaos.model.PortMapping;
import aeterna.chaos.model.Topology;
import aeterna.chaos.stack.Profile;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.Clock;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A world with the pods of the whole stack, one of each per zone at most, and with Qdrant peers that say who leads: enough to find whom
 * to hit. Nobody in it serves anything.
 */
public final class StackWorld implements AutoCloseable {
    private final List<PortMapping> ports = new ArrayList<>();
    /** Nobody in it is replaced and nothing is written. */
    public final FakeWorld world = new FakeWorld() {
        @Override
        public Topology topology() {
            return new Topology("fake", 6443, super.topology().nodes(), ports);
        }

        @Override
        public Optional<Map<String, String>> endpointsAnnotations(String namespace, String name) {
            return name.equals("aeterna-postgres-rw")
                    ? Optional.of(Map.of("leader", "aeterna-postgres-1"))
                    : Optional.empty();
        }

        @Override
        public void restart(String namespace, String deployment) {}

        @Override
        public String exec(String namespace, String pod, String... command) {
            return "1";
        }
    };

    private final List<HttpServer> peers = new ArrayList<>();

    public StackWorld() throws IOException {
        for (var n = 1; n <= 3; n++) {
            world.add(
                    "aeterna-postgres-" + n,
                    "node-" + 2 * n,
                    Map.of(
                            "cnpg.io/cluster",
                            "aeterna-postgres",
                            "cnpg.io/podRole",
                            "instance",
                            "cnpg.io/instanceRole",
                            n == 1 ? "primary" : "replica"),
                    "StatefulSet/aeterna-postgres");
            world.add("aeterna-" + n, "node-" + (2 * n - 1), named("aeterna", "aeterna"), "ReplicaSet/aeterna-5f");
            world.add(
                    "aeterna-qdrant-" + (n - 1),
                    "node-" + (2 * n - 1),
                    named("qdrant", "aeterna-qdrant"),
                    "StatefulSet/aeterna-qdrant");
        }
        for (var n = 0; n < 2; n++) {
            world.add(
                    "aeterna-pooler-" + n,
                    "node-" + (2 * n + 1),
                    Map.of("cnpg.io/poolerName", "aeterna-postgres-pooler-rw"),
                    "ReplicaSet/aeterna-postgres-pooler-rw-7c");
            world.add(
                    "aeterna-dragonfly-" + n,
                    "node-" + (2 * n + 2),
                    Map.of("app", "aeterna-dragonfly", "role", n == 0 ? "master" : "replica"),
                    "StatefulSet/aeterna-dragonfly");
            world.add(
                    "aeterna-opal-server-" + n,
                    "node-" + (2 * n + 3),
                    named("opal-server", "aeterna"),
                    "StatefulSet/aeterna-opal-server");
        }
        List.of(30080, 30379, 30432, 30433, 30434, 30633, 30702, 30703, 30704, 30900, 30909, 30910)
                // Ports on which nobody listens.
                .forEach(port -> ports.add(new PortMapping(1, port)));
        for (var n = 0; n < 3; n++) {
            ports.add(new PortMapping(peer(n), 30634 + n));
        }
    }

    private static Map<String, String> named(String name, String instance) {
        return Map.of("app.kubernetes.io/name", name, "app.kubernetes.io/instance", instance);
    }

    /** Peer n has the id 10 + n and follows peer 0; answers with the port it listens on. */
    private int peer(int ordinal) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var answer = """
                {"status": "ok", "result": {
                  "peer_id": %d, "peers": {},
                  "raft_info": {"term": 4, "leader": 10, "role": "%s", "is_voter": true},
                  "consensus_thread_status": {"consensus_thread_status": "working"}}}
                """.formatted(10 + ordinal, ordinal == 0 ? "Leader" : "Follower")
                .getBytes(StandardCharsets.UTF_8);
        server.createContext("/cluster", exchange -> {
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        peers.add(server);
        return server.getAddress().getPort();
    }

    /** The stack that these pods are. */
    public Stack stack(Clock clock) {
        return new Stack(
                world.testbed(),
                Path.of("stack"),
                Profile.read(Path.of("stack"), "recommended"),
                Map.of(),
                Map.of(),
                clock);
    }

    @Override
    public void close() {
        peers.forEach(peer -> peer.stop(0));
    }
}
