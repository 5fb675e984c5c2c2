package aeterna.chaos.client;

import aeterna.chaos.model.Op;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.EventListener;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import tools.jackson.databind.json.JsonMapper;

/**
 * One client's plain HTTP requests, each sent once: no retries, no redirects, no second address tried at the same time.
 * Thread-safe.
 */
final class HttpOnce implements AutoCloseable {
    static final JsonMapper JSON = JsonMapper.shared();

    private static final MediaType JSON_TEXT = MediaType.get("application/json");

    /** A connection on one machine takes less than a millisecond; this leaves room for a lost packet, no more. */
    private static final Duration CONNECT = Duration.ofMillis(1500);

    private final OkHttpClient http;
    /** A client's deadline is always the same: making the patient client anew for every request would cost more than asking. */
    private final Map<Duration, OkHttpClient> patient = new ConcurrentHashMap<>();

    HttpOnce(Op.Connection connection) {
        // A pool that keeps nothing makes every request connect anew.
        var pool = connection == Op.Connection.NEW
                ? new ConnectionPool(0, 1, TimeUnit.MILLISECONDS)
                : new ConnectionPool(32, 5, TimeUnit.MINUTES);
        http = new OkHttpClient.Builder()
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

    /** What an answer means. */
    @FunctionalInterface
    interface Meaning {
        Reply of(Response response, String body);
    }

    static RequestBody json(Object value) {
        return RequestBody.create(JSON.writeValueAsString(value), JSON_TEXT);
    }

    /** What came of it; without an answer it is UNKNOWN, or FAIL when it was never sent. */
    Reply send(Request bare, Duration within, Meaning meaning) {
        var departure = new Departure();
        var request = bare.newBuilder().tag(Departure.class, departure).build();
        try (var response = within(within).newCall(request).execute()) {
            return meaning.of(response, body(response));
        } catch (IOException broken) {
            var error = broken.getClass().getSimpleName() + ": " + broken.getMessage();
            return departure.left ? Reply.unknown(error) : Reply.fail("not sent: " + error);
        }
    }

    /**
     * The body of a 200 answer.
     *
     * @throws IOException when there is no answer, or another
     */
    String fetch(Request request, Duration within) throws IOException {
        try (var response = within(within).newCall(request).execute()) {
            var text = response.body().string();
            if (response.code() != 200) {
                throw new IOException(
                        request.method() + " " + request.url() + " answered " + said(response.code(), text));
            }
            return text;
        }
    }

    /**
     * Opens a WebSocket.
     *
     * @param ping how often the other side is asked whether it is there, and how long it may take to say so
     */
    WebSocket converse(Request request, Duration ping, WebSocketListener listener) {
        return http.newBuilder().pingInterval(ping).build().newWebSocket(request, listener);
    }

    /** An answer in one line. */
    static String said(int code, String body) {
        return "HTTP " + code + (body.isBlank() ? "" : " " + (body.length() > 160 ? body.substring(0, 160) : body));
    }

    /** The status line is the answer; a body that breaks off changes nothing about it. */
    private static String body(Response response) {
        try {
            return response.body().string();
        } catch (IOException brokenOff) {
            return "";
        }
    }

    /** The same client, over the same connections, with that patience. */
    private OkHttpClient within(Duration within) {
        return patient.computeIfAbsent(
                within,
                patience -> http.newBuilder()
                        .readTimeout(patience)
                        .writeTimeout(patience)
                        .callTimeout(patience)
                        .build());
    }

    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
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
}
