package aeterna.chaos.client;

import aeterna.chaos.model.Op;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The Aeterna API's way in for agents: a write is a new memory, acknowledged by 201 once the database and the vector store
 * have it; a read is a search, which both of them answer. Every request is sent once.
 */
public final class MemoryEntrance implements Entrance {
    private static final Duration QUESTION = Duration.ofSeconds(3);
    private static final Duration LISTING = Duration.ofSeconds(20);
    private static final String LAYER = "session";

    /** Found by every read; no key of a client looks like it, so nothing else is nearer to it. */
    private static final String LANDMARK = "a landmark that every search of the harness looks for";

    /** More than the longest run writes; the API refuses more than 100 000. */
    private static final int ALL = 100_000;

    private final String name;
    private final HttpUrl memory;

    /**
     * @param name as in reports
     * @param address such as {@code http://127.0.0.1:30080}
     */
    public MemoryEntrance(String name, String address) {
        this.name = name;
        memory = HttpUrl.get(address)
                .newBuilder()
                .addPathSegments("api/v1/memory")
                .build();
    }

    /** Sees to it that the landmark is there. */
    @Override
    public Session open(Op.Connection connection) throws IOException {
        try (var http = new HttpOnce(Op.Connection.NEW)) {
            // Clients that open at the same time may each make one: every search finds one of them.
            if (!landmarkIn(http.fetch(searching(), LISTING))) {
                var made = http.send(adding(LANDMARK), LISTING, HttpEntrance::written);
                if (made.outcome() != Op.Outcome.OK) {
                    throw new IOException("the memory that reads look for could not be made: " + made.error());
                }
            }
        }
        return new MemorySession(new HttpOnce(connection));
    }

    /** Those that the database and the vector store have: what one of them lacks is not there. */
    @Override
    public Map<String, Integer> kept(String prefix) throws IOException {
        try (var http = new HttpOnce(Op.Connection.NEW)) {
            var listing = post("list", Map.of("layer", LAYER, "prefix", prefix, "limit", ALL));
            var keys = new TreeMap<String, Integer>();
            HttpOnce.JSON.readTree(http.fetch(listing, LISTING)).get("items").forEach(item -> {
                if (everywhere(item.get("stores"))) {
                    keys.merge(item.get("content").asString(), 1, Integer::sum);
                }
            });
            return keys;
        }
    }

    private static boolean everywhere(JsonNode stores) {
        var names = StreamSupport.stream(stores.spliterator(), false)
                .map(JsonNode::asString)
                .toList();
        return names.contains("postgres") && names.contains("vector_store");
    }

    /** Searches, whatever is found. */
    @Override
    public Reply ask() {
        try (var http = new HttpOnce(Op.Connection.NEW)) {
            return http.send(searching(), QUESTION, HttpEntrance::read).ofRead();
        }
    }

    /** Forgets every memory that was ever written here. */
    public void forget() throws IOException {
        try (var http = new HttpOnce(Op.Connection.NEW)) {
            var layer = memory.newBuilder().addQueryParameter("layer", LAYER).build();
            http.fetch(HttpEntrance.request(layer).delete().build(), LISTING);
        }
    }

    private Request searching() {
        return post("search", Map.of("query", LANDMARK, "limit", 10, "filters", Map.of("layer", LAYER)));
    }

    private Request adding(String content) {
        return post("add", Map.of("content", content, "layer", LAYER));
    }

    private Request post(String what, Object body) {
        return HttpEntrance.request(memory.newBuilder().addPathSegment(what).build())
                .post(HttpOnce.json(body))
                .build();
    }

    /** A search that is answered and does not find what is there is no answer. */
    private static Reply found(Response response, String body) {
        var read = HttpEntrance.read(response, body);
        return read.outcome() != Op.Outcome.OK || landmarkIn(body)
                ? read
                : Reply.fail("the search was answered and did not find what is there");
    }

    private static boolean landmarkIn(String body) {
        try {
            return StreamSupport.stream(
                            HttpOnce.JSON.readTree(body).path("items").spliterator(), false)
                    .anyMatch(item -> item.path("content").asString("").equals(LANDMARK));
        } catch (JacksonException brokenOff) {
            return false;
        }
    }

    @Override
    public String toString() {
        return name;
    }

    private final class MemorySession implements Session {
        private final HttpOnce http;

        MemorySession(HttpOnce http) {
            this.http = http;
        }

        @Override
        public Reply write(String key, Duration within) {
            return http.send(adding(key), within, HttpEntrance::written);
        }

        @Override
        public Reply read(Duration within) {
            return http.send(searching(), within, MemoryEntrance::found).ofRead();
        }

        @Override
        public void close() {
            http.close();
        }
    }
}
