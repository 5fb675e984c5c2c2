package aeterna.chaos.client;

import aeterna.chaos.model.Op;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A Qdrant port as a way in: a write is a point, acknowledged once as many replicas as its collection demands have it; a read
 * is a search for a point that is always there. Every request is sent once.
 */
public final class QdrantEntrance implements Entrance {
    private static final Duration QUESTION = Duration.ofSeconds(3);
    private static final Duration LISTING = Duration.ofSeconds(20);

    /** Every point of the harness but the landmark carries it, so that they can be told from the application's and forgotten. */
    private static final Map<String, Object> WRITER =
            Map.of("key", "writer", "match", Map.of("value", "aeterna-chaos"));

    private static final String LANDMARK = "the point that every search of the harness looks for";
    private static final int PAGE = 5000;

    private final String name;
    private final HttpUrl points;
    private final int dimensions;

    /**
     * @param name as in reports
     * @param address such as {@code http://127.0.0.1:30633}
     * @param collection where points are written; it must be there before the first session opens
     * @param dimensions how long its vectors are
     */
    public QdrantEntrance(String name, String address, String collection, int dimensions) {
        this.name = name;
        this.dimensions = dimensions;
        points = HttpUrl.get(address)
                .newBuilder()
                .addPathSegment("collections")
                .addPathSegment(collection)
                .addPathSegment("points")
                .build();
    }

    /** Sees to it that the landmark is there. */
    @Override
    public Session open(Op.Connection connection) throws IOException {
        try (var http = new HttpOnce(Op.Connection.NEW)) {
            var made = http.send(put(LANDMARK, Map.of("key", LANDMARK)), LISTING, QdrantEntrance::written);
            if (made.outcome() != Op.Outcome.OK) {
                throw new IOException("the point that searches look for could not be made: " + made.error());
            }
        }
        return new QdrantSession(new HttpOnce(connection));
    }

    /** Those that every replica has: what one of them lacks may be read as lost tomorrow. */
    @Override
    public Map<String, Integer> kept(String prefix) throws IOException {
        var filter = Map.of("must", List.of(WRITER, Map.of("key", "key", "match", Map.of("text", prefix))));
        var url = points.newBuilder()
                .addPathSegment("scroll")
                .addQueryParameter("consistency", "all")
                .build();
        var keys = new TreeMap<String, Integer>();
        try (var http = new HttpOnce(Op.Connection.NEW)) {
            Optional<JsonNode> next = Optional.empty();
            do {
                var body = new HashMap<String, Object>(Map.of("limit", PAGE, "filter", filter, "with_payload", true));
                next.ifPresent(offset -> body.put("offset", offset));
                var page = HttpOnce.JSON
                        .readTree(http.fetch(post(url, body), LISTING))
                        .path("result");
                page.path("points").forEach(point -> {
                    var key = point.path("payload").path("key").asString("");
                    if (key.startsWith(prefix)) {
                        keys.merge(key, 1, Integer::sum);
                    }
                });
                next = Optional.of(page.path("next_page_offset"))
                        .filter(offset -> !offset.isNull() && !offset.isMissingNode());
            } while (next.isPresent());
        }
        return keys;
    }

    /** Searches, whatever is found. */
    @Override
    public Reply ask() {
        try (var http = new HttpOnce(Op.Connection.NEW)) {
            return http.send(searching(), QUESTION, QdrantEntrance::answered).ofRead();
        }
    }

    /** Forgets every point that the harness ever wrote here. */
    public void forget() throws IOException {
        try (var http = new HttpOnce(Op.Connection.NEW)) {
            var url = points.newBuilder()
                    .addPathSegment("delete")
                    .addQueryParameter("wait", "true")
                    .build();
            http.fetch(post(url, Map.of("filter", Map.of("must", List.of(WRITER)))), LISTING);
        }
    }

    private Request searching() {
        return post(
                points.newBuilder().addPathSegment("search").build(), Map.of("vector", vector(LANDMARK), "limit", 1));
    }

    private Request put(String key, Map<String, Object> payload) {
        var point = Map.of("id", id(key), "vector", vector(key), "payload", payload);
        return new Request.Builder()
                .url(points.newBuilder().addQueryParameter("wait", "true").build())
                .put(HttpOnce.json(Map.of("points", List.of(point))))
                .build();
    }

    private static Request post(HttpUrl url, Object body) {
        return new Request.Builder().url(url).post(HttpOnce.json(body)).build();
    }

    /** Points are named by numbers or UUIDs alone; the same key is always the same point. */
    private static String id(String key) {
        return UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** A place of its own for each key; four digits keep requests small. */
    private List<Double> vector(String key) {
        var place = new SplittableRandom(
                UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits());
        return IntStream.range(0, dimensions)
                .mapToObj(i -> Math.round(place.nextDouble(-1, 1) * 10_000) / 10_000.0)
                .toList();
    }

    /** What an answer to a write means. A failed one may have reached some of the replicas all the same. */
    private static Reply written(Response response, String body) {
        var error = HttpOnce.said(response.code(), body);
        return switch (response.code() / 100) {
            case 2 ->
                "completed".equals(result(body).path("status").asString(""))
                        ? Reply.ok(instance(response), 0)
                        : Reply.unknown("not completed: " + error);
            case 4 -> response.code() == 408 || response.code() == 429 ? Reply.unknown(error) : Reply.fail(error);
            default -> Reply.unknown(error);
        };
    }

    private static Reply answered(Response response, String body) {
        return response.code() == 200
                ? Reply.ok(instance(response), 0)
                : Reply.fail(HttpOnce.said(response.code(), body));
    }

    /** A search that is answered and does not find what is there is no answer. */
    private static Reply found(Response response, String body) {
        var answered = answered(response, body);
        return answered.outcome() != Op.Outcome.OK
                        || id(LANDMARK).equals(result(body).path(0).path("id").asString(""))
                ? answered
                : Reply.fail("the search was answered and did not find what is there");
    }

    private static JsonNode result(String body) {
        try {
            return HttpOnce.JSON.readTree(body).path("result");
        } catch (JacksonException brokenOff) {
            return HttpOnce.JSON.missingNode();
        }
    }

    /** The offline flavour says which pod answered; Qdrant itself does not. */
    private static String instance(Response response) {
        return Optional.ofNullable(response.header("X-Served-By")).orElse("");
    }

    @Override
    public String toString() {
        return name;
    }

    private final class QdrantSession implements Session {
        private final HttpOnce http;

        QdrantSession(HttpOnce http) {
            this.http = http;
        }

        @Override
        public Reply write(String key, Duration within) {
            var payload = Map.<String, Object>of("key", key, "writer", "aeterna-chaos");
            return http.send(put(key, payload), within, QdrantEntrance::written);
        }

        @Override
        public Reply read(Duration within) {
            return http.send(searching(), within, QdrantEntrance::found).ofRead();
        }

        @Override
        public void close() {
            http.close();
        }
    }
}
