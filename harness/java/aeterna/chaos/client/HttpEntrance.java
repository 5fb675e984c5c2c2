package aeterna.chaos.client;

import aeterna.chaos.model.Op;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;

/**
 * The Aeterna API's way in: a write is a new tenant, acknowledged by 201 once it is committed. Every request is sent once:
 * no retries, no redirects, no second address tried at the same time.
 */
public final class HttpEntrance implements Entrance {
    private static final Duration QUESTION = Duration.ofSeconds(3);
    private static final Duration LISTING = Duration.ofSeconds(20);

    /** Seeded by the API itself. */
    private static final String ALWAYS_THERE = "default";

    private final String name;
    private final HttpUrl tenants;
    private final HttpUrl ready;

    /**
     * @param name as in reports
     * @param address such as {@code http://127.0.0.1:30080}
     */
    public HttpEntrance(String name, String address) {
        this.name = name;
        var root = HttpUrl.get(address);
        tenants = root.newBuilder().addPathSegments("api/v1/admin/tenants").build();
        ready = root.newBuilder().addPathSegment("ready").build();
    }

    @Override
    public Session open(Op.Connection connection) {
        return new HttpSession(new HttpOnce(connection));
    }

    @Override
    public Map<String, Integer> kept(String prefix) throws IOException {
        try (var http = new HttpOnce(Op.Connection.NEW)) {
            var keys = new TreeMap<String, Integer>();
            var text = http.fetch(request(tenants).get().build(), LISTING);
            HttpOnce.JSON.readTree(text).get("tenants").forEach(tenant -> {
                var slug = tenant.get("slug").asString();
                if (slug.startsWith(prefix)) {
                    keys.merge(slug, 1, Integer::sum);
                }
            });
            return keys;
        }
    }

    @Override
    public Reply ask() {
        try (var http = new HttpOnce(Op.Connection.NEW)) {
            return http.send(request(ready).get().build(), QUESTION, HttpEntrance::read);
        }
    }

    /** As the API's dev-header mode wants to be told who asks. */
    static Request.Builder request(HttpUrl url) {
        return new Request.Builder()
                .url(url)
                .header("X-User-ID", "aeterna-chaos")
                .header("X-User-Role", "PlatformAdmin")
                .header("X-Tenant-ID", ALWAYS_THERE);
    }

    /** What an answer to a write means. */
    static Reply written(Response response, String body) {
        var code = response.code();
        if (code == 201) {
            return done(response);
        }
        var error = HttpOnce.said(code, body);
        // The key was new and was sent once: who else but this very request, repeated on its way, can have taken it?
        var taken = code == 400 && body.contains("already exists");
        // 503 says that nothing was done and that it may be repeated; other 5xx and proxies' answers say nothing.
        var refused = code == 503 || (code >= 400 && code < 500 && !taken);
        return refused ? Reply.fail(error) : Reply.unknown(error);
    }

    /** What an answer to a read means. */
    static Reply read(Response response, String body) {
        return response.code() == 200 ? done(response) : Reply.fail(HttpOnce.said(response.code(), body));
    }

    private static Reply done(Response response) {
        return Reply.ok(
                Optional.ofNullable(response.header("X-Pg-Instance")).orElse(""),
                Optional.ofNullable(response.header("X-Pg-Timeline"))
                        .map(HttpEntrance::number)
                        .orElse(0));
    }

    private static int number(String text) {
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    }

    @Override
    public String toString() {
        return name;
    }

    private final class HttpSession implements Session {
        private final HttpOnce http;

        HttpSession(HttpOnce http) {
            this.http = http;
        }

        @Override
        public Reply write(String key, Duration within) {
            var body = HttpOnce.json(Map.of("slug", key, "name", key));
            return http.send(request(tenants).post(body).build(), within, HttpEntrance::written);
        }

        @Override
        public Reply read(Duration within) {
            var url = tenants.newBuilder().addPathSegment(ALWAYS_THERE).build();
            return http.send(request(url).get().build(), within, HttpEntrance::read)
                    .ofRead();
        }

        @Override
        public void close() {
            http.close();
        }
    }
}
