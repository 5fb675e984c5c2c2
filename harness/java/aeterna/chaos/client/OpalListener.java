package aeterna.chaos.client;

import aeterna.chaos.model.Op;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import tools.jackson.core.JacksonException;

/**
 * One client that listens for updates, as OPAL's own does: it subscribes over a WebSocket, then fetches everything that there
 * is, and when it is cut off, it comes back, to whichever server there is, and fetches everything again.
 *
 * <p>It speaks the protocol of the Python package fastapi_websocket_pubsub: remote calls as JSON, {@code subscribe} this way,
 * {@code notify} that way, each of which is answered.
 */
final class OpalListener implements AutoCloseable {
    /** Everybody's topic; OPAL's own clients listen to it unless they are told otherwise. */
    static final String TOPIC = "policy_data";

    /** Between two attempts to connect; OPAL's own client waits about as long at first. */
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** A server that does not answer a ping for that long is given up: a silent one would never be noticed otherwise. */
    private static final Duration PING = Duration.ofSeconds(2);

    /** For a connection and the answer to the subscription; for fetching as well. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int GOING_AWAY = 1001;
    private final String name;
    private final List<HttpUrl> servers;
    private final HttpOnce http = new HttpOnce(Op.Connection.NEW);
    private final Known known;
    private final CountDownLatch joined = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** What listeners learn; called on their own threads. */
    interface Known {
        /** It heard of an update. */
        void heard(OpalListener listener, String update);

        /** Every update that one who fetches everything now will find. */
        Set<String> current();

        /** It fetched everything, those among it. */
        void fetched(OpalListener listener, Set<String> updates);
    }

    /**
     * @param servers where to connect to, in the order of preference
     */
    OpalListener(String name, List<HttpUrl> servers, Known known) {
        this.name = name;
        this.servers = List.copyOf(servers);
        this.known = known;
        thread = new Thread(this::listen, "opal listener " + name);
        thread.setDaemon(true);
    }

    OpalListener start() {
        thread.start();
        return this;
    }

    /** Waits until it has subscribed and fetched everything for the first time; false when that takes longer. */
    boolean joined(Duration within) throws InterruptedException {
        return joined.await(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void listen() {
        try {
            while (closed.getCount() > 0) {
                for (var server : servers) {
                    if (session(server)) {
                        // It was served and was cut off: the nearest server first, again.
                        break;
                    }
                }
                closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException stopped) {
            // Closed in the middle of a session, which has ended its connection.
            Thread.currentThread().interrupt();
        }
    }

    /** Listens at one server until it is cut off; false when it never got as far as listening. */
    private boolean session(HttpUrl server) throws InterruptedException {
        var conversation = new Conversation();
        var socket = http.converse(request(server, "ws"), PING, conversation);
        try {
            var served = conversation.subscribed.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    && conversation.ended.getCount() > 0
                    && fetch(server);
            if (served) {
                joined.countDown();
                conversation.ended.await();
            }
            return served;
        } finally {
            socket.cancel();
        }
    }

    private static Request request(HttpUrl server, String path) {
        return new Request.Builder()
                .url(server.newBuilder().addPathSegments(path).build())
                .build();
    }

    private boolean fetch(HttpUrl server) {
        // Taken before asking, after subscribing: what comes later is heard of.
        var current = known.current();
        try {
            http.fetch(request(server, "data/config"), PATIENCE);
        } catch (IOException unreachable) {
            return false;
        }
        known.fetched(this, current);
        return true;
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
        http.close();
    }

    @Override
    public String toString() {
        return name;
    }

    /** What is said over one connection. */
    private final class Conversation extends WebSocketListener {
        final CountDownLatch subscribed = new CountDownLatch(1);
        final CountDownLatch ended = new CountDownLatch(1);

        @Override
        public void onOpen(WebSocket socket, Response response) {
            socket.send(HttpOnce.JSON.writeValueAsString(Map.of(
                    "request",
                    Map.of("method", "subscribe", "arguments", Map.of("topics", List.of(TOPIC)), "call_id", "1"))));
        }

        @Override
        public void onMessage(WebSocket socket, String text) {
            try {
                var message = HttpOnce.JSON.readTree(text);
                if (message.path("response").path("result").asBoolean(false)) {
                    subscribed.countDown();
                }
                var request = message.path("request");
                if (request.isObject()) {
                    // A server waits for it before it tells the next of its clients.
                    socket.send(HttpOnce.JSON.writeValueAsString(Map.of(
                            "response",
                            Map.of(
                                    "call_id",
                                    request.path("call_id").asString(""),
                                    "result",
                                    "None",
                                    "result_type",
                                    "str"))));
                }
                if (request.path("method").asString("").equals("notify")) {
                    known.heard(
                            OpalListener.this,
                            request.path("arguments").path("data").path("id").asString(""));
                }
            } catch (JacksonException nonsense) {
                // Whoever talks nonsense is no server to listen to.
                socket.close(GOING_AWAY, null);
                end();
            }
        }

        @Override
        public void onClosing(WebSocket socket, int code, String reason) {
            socket.close(code == 1005 || code == 1006 ? GOING_AWAY : code, null);
            end();
        }

        @Override
        public void onFailure(WebSocket socket, Throwable failure, Response response) {
            end();
        }

        private void end() {
            ended.countDown();
            // Nobody waits for a subscription that cannot come any more.
            subscribed.countDown();
        }
    }
}
