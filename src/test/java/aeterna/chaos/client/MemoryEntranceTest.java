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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class MemoryEntranceTest {
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final List<String> contents = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private volatile int refusal;
    private volatile boolean forgetful;
    private volatile List<String> stores = List.of("postgres", "vector_store");

    MemoryEntranceTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1/memory", this::answer);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    /** As the API answers, with every memory in one layer. */
    private void answer(HttpExchange exchange) throws IOException {
        var text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        var body = text.isEmpty() ? Map.<String, Object>of() : JSON.readValue(text, Map.class);
        var what = exchange.getRequestMethod() + " "
                + exchange.getRequestURI().getPath().replace("/api/v1/memory", "");
        if (refusal != 0) {
            reply(exchange, refusal, Map.of("error", "memory_failed", "message", "no quorum"));
            return;
        }
        switch (what) {
            case "POST /add" -> {
                contents.add(body.get("content").toString());
                reply(exchange, 201, Map.of("memoryId", "1"));
            }
            case "POST /search" ->
                reply(
                        exchange,
                        200,
                        Map.of("items", forgetful ? List.of() : listed(String.valueOf(body.get("query")))));
            case "POST /list" -> reply(exchange, 200, Map.of("items", listed(String.valueOf(body.get("prefix")))));
            case "DELETE " -> {
                assertThat(exchange.getRequestURI().getQuery()).isEqualTo("layer=session");
                contents.clear();
                reply(exchange, 200, Map.of("success", true));
            }
            default -> reply(exchange, 404, Map.of("error", "not_found", "message", what));
        }
    }

    private List<Map<String, Object>> listed(String prefix) {
        return contents.stream()
                .filter(content -> content.startsWith(prefix))
                .map(content -> Map.<String, Object>of("content", content, "stores", stores))
                .toList();
    }

    private static void reply(HttpExchange exchange, int code, Map<String, Object> body) throws IOException {
        var text = JSON.writeValueAsBytes(body);
        exchange.getResponseHeaders().add("X-Pg-Instance", "aeterna-postgres-2");
        exchange.getResponseHeaders().add("X-Pg-Timeline", "4");
        exchange.sendResponseHeaders(code, text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    private MemoryEntrance entrance() {
        return new MemoryEntrance(
                "api memories", "http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Test
    void aWriteIsAcknowledgedAndReadBack() throws Exception {
        try (var session = entrance().open(Connection.REUSED)) {
            assertThat(session.write("run-1", DEADLINE)).isEqualTo(Reply.ok("aeterna-postgres-2", 4));
            assertThat(session.write("walk-1", DEADLINE).outcome()).isEqualTo(Outcome.OK);
        }

        assertThat(entrance().kept("run-")).containsExactly(Map.entry("run-1", 1));
    }

    @Test
    void whatTheVectorStoreLacksIsNotThere() throws Exception {
        try (var session = entrance().open(Connection.NEW)) {
            session.write("run-1", DEADLINE);
        }
        stores = List.of("postgres");

        assertThat(entrance().kept("run-")).isEmpty();
    }

    @Test
    void theLandmarkIsMadeOnceAndFoundByEveryRead() throws Exception {
        for (var i = 0; i < 2; i++) {
            try (var session = entrance().open(Connection.NEW)) {
                assertThat(session.read(DEADLINE).outcome()).isEqualTo(Outcome.OK);
            }
        }

        assertThat(contents).hasSize(1);
    }

    @Test
    void aSearchThatDoesNotFindWhatIsThereFailed() throws Exception {
        try (var session = entrance().open(Connection.NEW)) {
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
    void nobodyKnowsWhatCameOfAWriteThatOnlyOneStoreMayHave() throws Exception {
        try (var session = entrance().open(Connection.NEW)) {
            refusal = 500;
            assertThat(session.write("run-1", DEADLINE).outcome()).isEqualTo(Outcome.UNKNOWN);
            refusal = 503;
            assertThat(session.write("run-1", DEADLINE).outcome()).isEqualTo(Outcome.FAIL);
            refusal = 502;
            assertThat(session.read(DEADLINE).outcome()).isEqualTo(Outcome.FAIL);
        }
        assertThat(entrance().ask().error()).startsWith("HTTP 502");
    }

    @Test
    void withoutAVectorStoreNoSessionOpens() {
        refusal = 502;

        assertThatThrownBy(() -> entrance().open(Connection.NEW))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no quorum");
    }

    @Test
    void forgets() throws Exception {
        try (var session = entrance().open(Connection.NEW)) {
            session.write("run-1", DEADLINE);
        }

        entrance().forget();

        assertThat(contents).isEmpty();
    }
}
