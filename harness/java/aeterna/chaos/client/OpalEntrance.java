package aeterna.chaos.client;

import aeterna.chaos.model.Op;
import aeterna.chaos.model.Op.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;

/**
 * OPAL's way in: updates are published to any server; clients that listen, one at each server, must hear of every one.
 *
 * <p>A write is a published update, acknowledged by the server that took it; it is kept when every client knows it, having
 * heard of it, or having fetched everything after it was cut off. A read publishes as well, and is well when every client
 * knows in time: an acknowledgement alone says nothing of the other server's clients.
 */
public final class OpalEntrance implements Entrance {
    private static final Duration QUESTION = Duration.ofSeconds(3);

    /** For clients to be connected and to have fetched everything. */
    private static final Duration JOINING = Duration.ofSeconds(10);

    /** A server listens to the others from when its first client came; what was published a moment earlier passes it by. */
    private static final int ATTEMPTS = 5;

    private static final Duration ATTEMPT = Duration.ofMillis(300);

    private final String name;
    private final HttpUrl any;
    private final List<HttpUrl> servers;
    private final AtomicLong probes = new AtomicLong();
    private final Updates updates = new Updates();
    private int sessions;

    /**
     * @param name as in reports
     * @param anyPort on 127.0.0.1, leads to any server
     * @param serverPorts on 127.0.0.1, each leads to one server
     */
    public OpalEntrance(String name, int anyPort, List<Integer> serverPorts) {
        this.name = name;
        any = at(anyPort);
        servers = serverPorts.stream().map(OpalEntrance::at).toList();
    }

    private static HttpUrl at(int port) {
        return HttpUrl.get("http://127.0.0.1:" + port);
    }

    @Override
    public synchronized Session open(Op.Connection connection) throws IOException, InterruptedException {
        if (sessions == 0) {
            updates.listen(IntStream.range(0, servers.size())
                    .mapToObj(number -> new OpalListener(
                            name + " " + number,
                            // Its own server; when that one is away, whichever there is.
                            List.of(servers.get(number), any),
                            updates))
                    .toList());
        }
        sessions++;
        var session = new OpalSession(new HttpOnce(connection));
        try {
            updates.awaitListeners(JOINING);
            return session;
        } catch (IOException | InterruptedException alone) {
            session.close();
            throw alone;
        }
    }

    private synchronized void leave() {
        sessions--;
        if (sessions == 0) {
            updates.hangUp();
        }
    }

    @Override
    public Map<String, Integer> kept(String prefix) {
        return updates.knownToAll(prefix);
    }

    /** Forgets every update that was ever published here; the servers keep none. */
    public void forget() {
        updates.clear();
    }

    @Override
    public Reply ask() {
        try (var http = new HttpOnce(Op.Connection.NEW)) {
            var healthcheck = new Request.Builder()
                    .url(any.newBuilder().addPathSegment("healthcheck").build())
                    .build();
            return http.send(healthcheck, QUESTION, OpalEntrance::answered).ofRead();
        }
    }

    /**
     * Publishes through one server, and has a client of its own listen at another.
     *
     * @return OK when it heard
     */
    public Reply across(int from, int to) {
        var heard = new Updates();
        heard.listen(List.of(new OpalListener(name + " " + to, List.of(servers.get(to)), heard)));
        try (var http = new HttpOnce(Op.Connection.NEW)) {
            heard.awaitListeners(QUESTION);
            for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
                var update = heard.register(probe());
                var published = publish(servers.get(from), http, update.key(), QUESTION);
                if (published.outcome() != Outcome.OK || update.knownWithin(ATTEMPT)) {
                    return published.ofRead();
                }
            }
            return Reply.fail("what server " + from + " publishes does not reach a client of server " + to);
        } catch (IOException unreachable) {
            return Reply.fail(unreachable.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Reply.fail("interrupted");
        } finally {
            heard.hangUp();
        }
    }

    private String probe() {
        return "probe-" + probes.incrementAndGet();
    }

    private static Reply publish(HttpUrl server, HttpOnce http, String key, Duration within) {
        // OPAL's own clients would fetch the data from that address; an update carries no data itself.
        var entry = Map.of(
                "url",
                server.newBuilder().addPathSegment("healthcheck").build().toString(),
                "topics",
                List.of(OpalListener.TOPIC),
                "dst_path",
                "/chaos/" + key);
        var update = Map.of("id", key, "reason", "aeterna-chaos", "entries", List.of(entry));
        return http.send(
                new Request.Builder()
                        .url(server.newBuilder().addPathSegments("data/config").build())
                        .post(HttpOnce.json(update))
                        .build(),
                within,
                OpalEntrance::answered);
    }

    private static Reply answered(Response response, String body) {
        if (response.code() == 200) {
            return Reply.ok("", 0);
        }
        var error = HttpOnce.said(response.code(), body);
        // 4xx refuses; 5xx can come in the middle of the work.
        return response.code() >= 400 && response.code() < 500 ? Reply.fail(error) : Reply.unknown(error);
    }

    @Override
    public String toString() {
        return name;
    }

    /** Every update, and which listener knows it. */
    private static final class Updates implements OpalListener.Known {
        private final Map<String, Update> byKey = new ConcurrentHashMap<>();
        private volatile List<OpalListener> listeners = List.of();

        void listen(List<OpalListener> those) {
            listeners = List.copyOf(those);
            those.forEach(OpalListener::start);
        }

        void awaitListeners(Duration patience) throws IOException, InterruptedException {
            for (var listener : listeners) {
                if (!listener.joined(patience)) {
                    throw new IOException("the client " + listener + " could not subscribe at any server");
                }
            }
        }

        void hangUp() {
            listeners.forEach(OpalListener::close);
            listeners = List.of();
        }

        Update register(String key) {
            var update = new Update(key, Set.copyOf(listeners));
            byKey.put(key, update);
            return update;
        }

        void withdraw(Update update) {
            byKey.remove(update.key());
        }

        Map<String, Integer> knownToAll(String prefix) {
            var keys = new TreeMap<String, Integer>();
            byKey.forEach((key, update) -> {
                if (key.startsWith(prefix) && update.known.isDone()) {
                    keys.put(key, update.copies());
                }
            });
            return keys;
        }

        void clear() {
            byKey.clear();
        }

        @Override
        public void heard(OpalListener listener, String key) {
            var update = byKey.get(key);
            if (update != null) {
                update.learned(listener, 1);
            }
        }

        /** As soon as they are registered: who publishes has changed the data before. */
        @Override
        public Set<String> current() {
            return Set.copyOf(byKey.keySet());
        }

        @Override
        public void fetched(OpalListener listener, Set<String> keys) {
            for (var key : keys) {
                var update = byKey.get(key);
                if (update != null) {
                    update.learned(listener, 0);
                }
            }
        }
    }

    /**
     * One update.
     *
     * @param audience the listeners that must learn of it
     * @param times how often each heard of it; zero when it only fetched it
     * @param known done when all of the audience know
     */
    private record Update(
            String key, Set<OpalListener> audience, Map<OpalListener, Integer> times, CompletableFuture<Void> known) {
        Update(String key, Set<OpalListener> audience) {
            this(key, audience, new ConcurrentHashMap<>(), new CompletableFuture<>());
        }

        void learned(OpalListener listener, int heard) {
            times.merge(listener, heard, Integer::sum);
            if (times.keySet().containsAll(audience)) {
                known.complete(null);
            }
        }

        int copies() {
            return times.values().stream().mapToInt(Integer::intValue).max().orElse(1) > 1 ? 2 : 1;
        }

        boolean knownWithin(Duration patience) throws InterruptedException {
            try {
                known.get(patience.toNanos(), TimeUnit.NANOSECONDS);
                return true;
            } catch (TimeoutException notYet) {
                return false;
            } catch (ExecutionException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        String missing() {
            return audience.stream()
                    .filter(listener -> !times.containsKey(listener))
                    .map(OpalListener::toString)
                    .sorted()
                    .collect(Collectors.joining(" and "));
        }
    }

    private final class OpalSession implements Session {
        private final HttpOnce http;
        private boolean closed;

        OpalSession(HttpOnce http) {
            this.http = http;
        }

        @Override
        public Reply write(String key, Duration within) {
            var update = updates.register(key);
            var reply = publish(any, http, key, within);
            if (reply.outcome() == Outcome.FAIL) {
                updates.withdraw(update);
            }
            return reply;
        }

        /** Takes twice as long as it may at most; by then its answer comes too late anyway. */
        @Override
        public Reply read(Duration within) {
            var update = updates.register(probe());
            try {
                var reply = publish(any, http, update.key(), within);
                if (reply.outcome() != Outcome.OK) {
                    return reply.ofRead();
                }
                return update.knownWithin(within)
                        ? reply
                        : Reply.fail("published, and not known to the client " + update.missing());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return Reply.fail("interrupted");
            } finally {
                updates.withdraw(update);
            }
        }

        @Override
        public void close() {
            synchronized (this) {
                if (closed) {
                    return;
                }
                closed = true;
            }
            http.close();
            leave();
        }
    }
}
