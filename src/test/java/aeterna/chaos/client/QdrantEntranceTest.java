package aeterna.chaos.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.model.Op.Connection;
import aeterna.chaos.model.Op.Outcome;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class QdrantEntranceTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final Map<String, JsonNode> points = new TreeMap<>();
    private int refusal;
    private String status = "completed";
    private boolean forgetful;
    private int pages;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        var body = JSON.readTree(exchange.getRequestBody().readAllBytes());
        var what = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        if (refusal != 0) {
            reply(exchange, refusal, Map.of("status", Map.of("error", "Service internal error: no quorum")));
            return;
        }
        switch (what) {
            case "PUT /collections/memories/points?wait=true" -> {
                body.path("points").forEach(point -> {
                    assertThat(point.path("vector").size()).isEqualTo(8);
                    points.put(point.path("id").asString(), point);
                });
                reply(exchange, 200, Map.of("result", Map.of("operation_id", 1, "status", status)));
            }
            case "POST /collections/memories/points/search" -> {
                var nearest = points.values().stream()
                        .filter(point -> point.path("vector").equals(body.path("vector")))
                        .map(point -> Map.of("id", point.path("id").asString(), "score", 1))
                        .toList();
                reply(exchange, 200, Map.of("result", forgetful ? List.of() : nearest));
            }
            case "POST /collections/memories/points/scroll?consistency=all" -> scroll(exchange, body);
            case "POST /collections/memories/points/delete?wait=true" -> {
                points.values()
                        .removeIf(point -> point.path("payload")
                                .path("writer")
                                .asString("")
                                .equals(body.path("filter")
                                        .path("must")
                                        .path(0)
                                        .path("match")
                                        .path("value")
                                        .asString("?")));
                reply(exchange, 200, Map.of("result", Map.of("status", "completed")));
            }
            default -> reply(exchange, 404, Map.of("status", Map.of("error", what)));
        }
    }

    /** Two points a page, whatever was asked for. */
    private void scroll(HttpExchange exchange, JsonNode body) throws IOException {
        pages++;
        var from = body.path("offset").asString("");
        var wanted = body.path("filter")
                .path("must")
                .path(1)
                .path("match")
                .path("text")
                .asString("?");
        var all = points.values().stream()
                .filter(point -> point.path("payload").path("key").asString("").contains(wanted))
                .filter(point -> point.path("id").asString().compareTo(from) >= 0)
                .toList();
        var result = new HashMap<String, Object>(
                Map.of("points", all.stream().limit(2).toList()));
        result.put("next_page_offset", all.size() > 2 ? all.get(2).path("id") : null);
        reply(exchange, 200, Map.of("result", result));
    }

    private static void reply(HttpExchange exchange, int code, Map<String, Object> body) throws IOException {
        var text = JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("X-Served-By", "aeterna-qdrant-1");
        exchange.sendResponseHeaders(code, text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    private QdrantEntrance entrance() {
        return new QdrantEntrance(
                "qdrant", "http://127.0.0.1:" + server.getAddress().getPort(), "memories", 8);
    }

    @Test
    void whatIsAcknowledgedIsReadBackOverAllPages() throws Exception {
        try (var session = entrance().open(Connection.REUSED)) {
            for (var i = 0; i < 5; i++) {
                assertThat(session.write("run-" + i, DEADLINE)).isEqualTo(Reply.ok("aeterna-qdrant-1", 0));
            }
            session.write("another-run-1", DEADLINE);
        }

        assertThat(entrance().kept("run-"))
                .containsOnlyKeys("run-0", "run-1", "run-2", "run-3", "run-4")
                .containsValue(1);
        assertThat(pages).isEqualTo(3);
    }

    @Test
    void everyReadFindsTheLandmark() throws Exception {
        try (var session = entrance().open(Connection.NEW)) {
            assertThat(session.read(DEADLINE)).isEqualTo(Reply.ok("aeterna-qdrant-1", 0));
            forgetful = true;
            assertThat(session.read(DEADLINE)).satisfies(reply -> {
                assertThat(reply.outcome()).isEqualTo(Outcome.FAIL);
                assertThat(reply.error()).contains("did not find");
            });
        }
        assertThat(entrance().ask().outcome())
                .as("the way is open all the same")
                .isEqualTo(Outcome.OK);
    }

    @Test
    void nobodyKnowsWhatCameOfAFailedWrite() throws Exception {
        try (var session = entrance().open(Connection.NEW)) {
            refusal = 500;
            assertThat(session.write("run-1", DEADLINE)).satisfies(reply -> {
                assertThat(reply.outcome()).isEqualTo(Outcome.UNKNOWN);
                assertThat(reply.error()).startsWith("HTTP 500").contains("no quorum");
            });
            refusal = 408;
            assertThat(session.write("run-2", DEADLINE).outcome()).isEqualTo(Outcome.UNKNOWN);
            refusal = 400;
            assertThat(session.write("run-3", DEADLINE).outcome()).isEqualTo(Outcome.FAIL);
            refusal = 500;
            assertThat(session.read(DEADLINE).outcome()).isEqualTo(Outcome.FAIL);
        }
        assertThat(entrance().ask().error()).startsWith("HTTP 500");
    }

    @Test
    void whatIsOnlyQueuedIsNotAcknowledged() throws Exception {
        try (var session = entrance().open(Connection.NEW)) {
            status = "acknowledged";

            assertThat(session.write("run-1", DEADLINE).outcome()).isEqualTo(Outcome.UNKNOWN);
        }
    }

    @Test
    void withoutACollectionNoSessionOpens() {
        var elsewhere = new QdrantEntrance(
                "qdrant", "http://127.0.0.1:" + server.getAddress().getPort(), "none", 8);

        assertThatThrownBy(() -> elsewhere.open(Connection.NEW))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("HTTP 404");
        assertThatThrownBy(() -> elsewhere.kept("run-"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("404");
    }

    @Test
    void forgetsItsOwnPointsAndKeepsTheLandmark() throws Exception {
        try (var session = entrance().open(Connection.NEW)) {
            session.write("run-1", DEADLINE);
            assertThat(points).hasSize(2);

            entrance().forget();

            assertThat(points).hasSize(1);
            assertThat(session.read(DEADLINE).outcome()).isEqualTo(Outcome.OK);
        }
    }
}
