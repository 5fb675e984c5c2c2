package aeterna.chaos.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;

/** An OPAL server: takes updates, tells its own clients, and the other servers that it is joined with. */
final class FakeOpal implements AutoCloseable {
    volatile int answer = 200;
    /** How it answers who wants everything. */
    volatile int everything = 200;

    volatile boolean repeats;
    /** How many updates of other servers pass it by. */
    final AtomicInteger deafTo = new AtomicInteger();

    private final MockWebServer server = new MockWebServer();
    /** What each client was not told yet; the first of it until it has answered. */
    private final Map<WebSocket, Deque<String>> clients = new LinkedHashMap<>();

    private final Set<FakeOpal> others = new CopyOnWriteArraySet<>();
    private final AtomicInteger subscriptions = new AtomicInteger();

    FakeOpal() {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return FakeOpal.this.answer(request);
            }
        });
        try {
            server.start(InetAddress.getLoopbackAddress(), 0);
        } catch (IOException noPort) {
            throw new UncheckedIOException(noPort);
        }
    }

    int port() {
        return server.getPort();
    }

    int subscriptions() {
        return subscriptions.get();
    }

    static void join(FakeOpal one, FakeOpal other) {
        one.others.add(other);
        other.others.add(one);
    }

    static void part(FakeOpal one, FakeOpal other) {
        one.others.remove(other);
        other.others.remove(one);
    }

    /** Ends its clients' connections, as a server that wants them to fetch everything anew. */
    synchronized void cutOff() {
        clients.keySet().forEach(client -> client.close(1012, "Service Restart"));
    }

    private MockResponse answer(RecordedRequest request) {
        var call = request.getMethod() + " " + request.getTarget();
        return switch (call) {
            case "GET /ws" ->
                new MockResponse.Builder().webSocketUpgrade(new Subscriber()).build();
            case "GET /data/config" -> said(everything);
            case "GET /healthcheck" -> said(200);
            case "POST /data/config" -> {
                if (answer == 200) {
                    var update = HttpOnce.JSON.readTree(request.getBody().utf8());
                    var id = update.path("id").asString();
                    tell(id);
                    others.forEach(other -> other.hear(id));
                }
                yield said(answer);
            }
            default -> said(404);
        };
    }

    private static MockResponse said(int code) {
        return new MockResponse.Builder().code(code).body("{}").build();
    }

    private void hear(String id) {
        if (deafTo.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return;
        }
        tell(id);
    }

    private synchronized void tell(String id) {
        var arguments = Map.of(
                "subscription", Map.of("topic", OpalListener.TOPIC), "data", Map.of("id", id, "entries", List.of()));
        var message = HttpOnce.JSON.writeValueAsString(
                Map.of("request", Map.of("method", "notify", "arguments", arguments, "call_id", "x")));
        clients.forEach((client, untold) -> {
            untold.add(message);
            if (repeats) {
                untold.add(message);
            }
            if (untold.size() == (repeats ? 2 : 1)) {
                client.send(message);
            }
        });
    }

    private synchronized void answered(WebSocket client) {
        var untold = clients.getOrDefault(client, new ArrayDeque<>());
        untold.poll();
        if (!untold.isEmpty()) {
            client.send(untold.peek());
        }
    }

    private synchronized void subscribed(WebSocket client) {
        clients.put(client, new ArrayDeque<>());
    }

    private synchronized void gone(WebSocket client) {
        clients.remove(client);
    }

    @Override
    public void close() {
        server.close();
    }

    private final class Subscriber extends WebSocketListener {
        @Override
        public void onMessage(WebSocket client, String text) {
            var message = HttpOnce.JSON.readTree(text);
            if (message.path("response").path("call_id").asString("").equals("x")) {
                answered(client);
                return;
            }
            var request = message.path("request");
            var wanted = request.path("arguments").path("topics").toString();
            var knows = request.path("method").asString("").equals("subscribe")
                    && wanted.equals("[\"" + OpalListener.TOPIC + "\"]");
            if (knows) {
                subscribed(client);
                subscriptions.incrementAndGet();
            }
            client.send("{\"response\": {\"result\": " + knows + ", \"result_type\": \"bool\", \"call_id\": \"1\"}}");
        }

        @Override
        public void onClosing(WebSocket client, int code, String reason) {
            client.close(code, reason);
            gone(client);
        }

        @Override
        public void onFailure(WebSocket client, Throwable failure, Response response) {
            gone(client);
        }
    }
}
