package aeterna.chaos.client;

import aeterna.chaos.model.Op;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import tools.jackson.databind.json.JsonMapper;

/**
 * The Aeterna API's way in: a write is a new tenant, acknowledged by 201 once it is committed. Every request is sent once:
 * no retries, no redirects, no second address tried at the same time.
 */
public final class HttpEntrance implements Entrance {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final MediaType JSON_TEXT = MediaType.get("application/json");

    /** A connection on one machine takes less than a millisecond; this leaves room for a lost packet, no more. */
    private static final Duration CONNECT = Duration.ofMillis(1500);

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
        return new HttpSession(client(connection));
    }

    @Override
    public Map<String, Integer> kept(String prefix) throws IOException {
        var http = client(Op.Connection.NEW);
        try {
            return kept(http, prefix);
        } finally {
            dismiss(http);
        }
    }

    private Map<String, Integer> kept(OkHttpClient http, String prefix) throws IOException {
        try (var response =
                patient(http, LISTING).newCall(request(tenants).get().build()).execute()) {
            var text = response.body().string();
            if (response.code() != 200) {
                throw new IOException("GET " + tenants + " answered " + said(response.code(), text));
            }
            var keys = new TreeMap<String, Integer>();
            JSON.readTree(text).get("tenants").forEach(tenant -> {
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
        var http = client(Op.Connection.NEW);
        try {
            return send(patient(http, QUESTION), request(ready).get().build(), HttpEntrance::read);
        } finally {
            dismiss(http);
        }
    }

    private static OkHttpClient client(Op.Connection connection) {
        // A pool that keeps nothing makes every request connect anew.
        var pool = connection == Op.Connection.NEW
                ? new ConnectionPool(0, 1, TimeUnit.MILLISECONDS)
                : new ConnectionPool(32, 5, TimeUnit.MINUTES);
        return new OkHttpClient.Builder()
                .connectionPool(pool)
                .protocols(List.of(Protocol.HTTP_1_1))
                // Only http addresses are asked; this spares reading all the machine's trusted certificates each time.
                .connectionSpecs(List.of(ConnectionSpec.CLEARTEXT))
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .followSslRedirects(false)
                .fastFallback(false)
                .connectTimeout(CONNECT)
                .eventListener(new Departures())
                .build();
    }

    private static void dismiss(OkHttpClient http) {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    private static Request.Builder request(HttpUrl url) {
        return new Request.Builder()
                .url(url)
                .header("X-User-ID", "aeterna-chaos")
                .header("X-User-Role", "PlatformAdmin")
                .header("X-Tenant-ID", ALWAYS_THERE);
    }

    /** The same client, over the same connections, with that patience. */
    private static OkHttpClient patient(OkHttpClient http, Duration within) {
        return http.newBuilder()
                .readTimeout(within)
                .writeTimeout(within)
                .callTimeout(within)
                .build();
    }

    private static Reply send(OkHttpClient http, Request bare, Meaning meaning) {
        var departure = new Departure();
        var request = bare.newBuilder().tag(Departure.class, departure).build();
        try (var response = http.newCall(request).execute()) {
            return meaning.of(response, body(response));
        } catch (IOException broken) {
            var error = broken.getClass().getSimpleName() + ": " + broken.getMessage();
            return departure.left ? Reply.unknown(error) : Reply.fail("not sent: " + error);
        }
    }

    /** The status line is the answer; a body that breaks off changes nothing about it. */
    private static String body(Response response) {
        try {
            return response.body().string();
        } catch (IOException brokenOff) {
            return "";
        }
    }

    /** What an answer to a write means. */
    static Reply written(int code, String body, Optional<String> instance, Optional<String> timeline) {
        if (code == 201) {
            return Reply.ok(
                    instance.orElse(""), timeline.map(HttpEntrance::number).orElse(0));
        }
        var error = said(code, body);
        // The key was new and was sent once: who else but this very request, repeated on its way, can have taken it?
        var taken = code == 400 && body.contains("already exists");
        // 503 says that nothing was done and that it may be repeated; other 5xx and proxies' answers say nothing.
        var refused = code == 503 || (code >= 400 && code < 500 && !taken);
        return refused ? Reply.fail(error) : Reply.unknown(error);
    }

    private static Reply written(Response response, String body) {
        return written(
                response.code(),
                body,
                Optional.ofNullable(response.header("X-Pg-Instance")),
                Optional.ofNullable(response.header("X-Pg-Timeline")));
    }

    private static Reply read(Response response, String body) {
        return response.code() == 200
                ? Reply.ok(
                        Optional.ofNullable(response.header("X-Pg-Instance")).orElse(""),
                        Optional.ofNullable(response.header("X-Pg-Timeline"))
                                .map(HttpEntrance::number)
                                .orElse(0))
                : Reply.fail(said(response.code(), body));
    }

    private static int number(String text) {
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    }

    private static String said(int code, String body) {
        return "HTTP " + code + (body.isBlank() ? "" : " " + (body.length() > 160 ? body.substring(0, 160) : body));
    }

    @Override
    public String toString() {
        return name;
    }

    /** What an answer means. */
    @FunctionalInterface
    private interface Meaning {
        Reply of(Response response, String body);
    }

    /** Whether any byte of a request went out: before that, it certainly had no effect. */
    private static final class Departure {
        volatile boolean left;
    }

    private static final class Departures extends EventListener {
        @Override
        public void requestHeadersStart(Call call) {
            var departure = call.request().tag(Departure.class);
            if (departure != null) {
                departure.left = true;
            }
        }
    }

    private final class HttpSession implements Session {
        private final OkHttpClient http;
        /** A client's deadline is always the same: making the patient client anew for every request would cost more than asking. */
        private final Map<Duration, OkHttpClient> patient = new ConcurrentHashMap<>();

        HttpSession(OkHttpClient http) {
            this.http = http;
        }

        @Override
        public Reply write(String key, Duration within) {
            var body = JSON.writeValueAsString(Map.of("slug", key, "name", key));
            return send(
                    within(within),
                    request(tenants).post(RequestBody.create(body, JSON_TEXT)).build(),
                    HttpEntrance::written);
        }

        @Override
        public Reply read(Duration within) {
            var url = tenants.newBuilder().addPathSegment(ALWAYS_THERE).build();
            return send(within(within), request(url).get().build(), HttpEntrance::read)
                    .ofRead();
        }

        private OkHttpClient within(Duration within) {
            return patient.computeIfAbsent(within, patience -> patient(http, patience));
        }

        @Override
        public void close() {
            dismiss(http);
        }
    }
}
