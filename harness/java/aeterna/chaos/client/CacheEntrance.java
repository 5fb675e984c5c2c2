package aeterna.chaos.client;

import aeterna.chaos.model.Op;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * The cache's way in: a write is a key of its own, acknowledged by the primary alone. Replication is asynchronous, so an
 * acknowledged write may be lost when the primary is. Every request is sent once, over a connection that nobody mends.
 */
public final class CacheEntrance implements Entrance {
    /**
     * Where the data says which promotion it comes from and who was promoted, as {@code 4 aeterna-dragonfly-1}; written by the
     * operator at each promotion. The number stands for the timeline. Dragonfly's own operator writes no such thing; there, an
     * acknowledgement says nothing of who gave it.
     */
    private static final String PROMOTION = "dragonfly-operator:promotion";

    /** Never {@code aeterna:}, which the API clears when its version changes. */
    private static final String OURS = "chaos:";

    private static final Pattern PROMOTED = Pattern.compile("([0-9]{1,9}) (\\S+)");

    /** A connection on one machine takes less than a millisecond; this leaves room for a lost packet, no more. */
    private static final Duration CONNECT = Duration.ofMillis(1500);

    private static final Duration QUESTION = Duration.ofSeconds(3);
    private static final Duration LISTING = Duration.ofSeconds(20);
    private static final int AT_ONCE = 1000;

    private final String name;
    private final HostAndPort address;

    /**
     * @param name as in reports
     * @param port on 127.0.0.1
     */
    public CacheEntrance(String name, int port) {
        this.name = name;
        address = new HostAndPort("127.0.0.1", port);
    }

    @Override
    public Session open(Op.Connection connection) {
        return new CacheSession(connection);
    }

    @Override
    public Map<String, Integer> kept(String prefix) throws IOException {
        try (var cache = connect(LISTING)) {
            var before = primary(cache);
            var keys = new TreeMap<String, Integer>();
            // A key may be met twice in one pass; it is there once nevertheless.
            each(cache, prefix, batch -> batch.forEach(key -> keys.put(key.substring(OURS.length()), 1)));
            var after = primary(cache);
            if (!after.equals(before)) {
                throw new IOException(
                        "the primary changed while its keys were read: first " + before + ", then " + after);
            }
            return keys;
        } catch (JedisException failed) {
            throw new IOException(said(failed), failed);
        }
    }

    /** Forgets every key that was ever written here. */
    public void forget() throws IOException {
        try (var cache = connect(LISTING)) {
            each(cache, "", batch -> {
                var removal = new Pipeline(cache);
                var removed = removal.unlink(batch.toArray(String[]::new));
                removal.sync();
                removed.get();
            });
        } catch (JedisException failed) {
            throw new IOException(said(failed), failed);
        }
    }

    /** What the instance that the way in leads to says of its replication, as {@code INFO replication}. */
    public String replication() throws IOException {
        try (var cache = connect(QUESTION)) {
            var question = new Pipeline(cache);
            var said = question.appendCommand(new CommandObject<>(
                    new CommandArguments(Protocol.Command.INFO).add("replication"), BuilderFactory.STRING));
            question.sync();
            return said.get();
        } catch (JedisException failed) {
            throw new IOException(said(failed), failed);
        }
    }

    /** Who this connection leads to; a replica, which lags, is refused. */
    private static String primary(Connection cache) throws IOException {
        var question = new Pipeline(cache);
        var replication = question.appendCommand(new CommandObject<>(
                new CommandArguments(Protocol.Command.INFO).add("replication"), BuilderFactory.STRING));
        var promotion = question.get(PROMOTION);
        question.sync();
        if (!replication.get().contains("role:master")) {
            throw new IOException("a replica answered, which may lag");
        }
        return String.valueOf(promotion.get());
    }

    private static void each(Connection cache, String prefix, Consumer<List<String>> batch) {
        var matching = new ScanParams()
                .match(OURS + prefix.replaceAll("([\\\\*?\\[\\]])", "\\\\$1") + "*")
                .count(AT_ONCE);
        var cursor = ScanParams.SCAN_POINTER_START;
        do {
            var question = new Pipeline(cache);
            Response<ScanResult<String>> found = question.scan(cursor, matching);
            question.sync();
            cursor = found.get().getCursor();
            if (!found.get().getResult().isEmpty()) {
                batch.accept(found.get().getResult());
            }
        } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    }

    @Override
    public Reply ask() {
        try (var cache = connect(QUESTION)) {
            return acknowledged(primary(cache));
        } catch (JedisException | IOException failed) {
            return Reply.fail(said(failed));
        }
    }

    /** Throws a {@link JedisException} when it cannot. */
    private Connection connect(Duration silence) {
        return new Connection(
                address,
                DefaultJedisClientConfig.builder()
                        // Nothing is negotiated and nobody introduces himself: connecting is connecting, no more.
                        .serverDefaultProtocol()
                        .autoNegotiateProtocol(false)
                        .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                        .connectionTimeoutMillis(Math.toIntExact(CONNECT.toMillis()))
                        .socketTimeoutMillis(Math.toIntExact(Math.max(1, silence.toMillis())))
                        .build());
    }

    private static Reply acknowledged(String promotion) {
        var promoted = PROMOTED.matcher(String.valueOf(promotion));
        return promoted.matches() ? Reply.ok(promoted.group(2), Integer.parseInt(promoted.group(1))) : Reply.ok("", 0);
    }

    private static String said(Exception failed) {
        var cause = failed.getCause() == null ? "" : " (" + failed.getCause().getMessage() + ")";
        return failed.getMessage() + cause;
    }

    @Override
    public String toString() {
        return name;
    }

    private final class CacheSession implements Session {
        private final boolean reuses;
        private final Deque<Connection> idle = new ArrayDeque<>();
        private boolean closed;

        CacheSession(Op.Connection connection) {
            reuses = connection == Op.Connection.REUSED;
        }

        @Override
        public Reply write(String key, Duration within) {
            return with(within, question -> question.set(OURS + key, key));
        }

        @Override
        public Reply read(Duration within) {
            return with(within, question -> question.get(PROMOTION)).ofRead();
        }

        private Reply with(Duration within, Question question) {
            Connection cache;
            try {
                cache = take(within);
            } catch (JedisException refused) {
                return Reply.fail("not sent: " + said(refused));
            }
            try {
                var pipeline = new Pipeline(cache);
                var answer = question.ask(pipeline);
                var promotion = pipeline.get(PROMOTION);
                pipeline.sync();
                // An error reply is raised here: read-only, loading, full. It was not carried out.
                answer.get();
                var reply = acknowledged(promotion.get());
                giveBack(cache);
                return reply;
            } catch (JedisDataException refused) {
                discard(cache);
                return Reply.fail(said(refused));
            } catch (JedisException broken) {
                discard(cache);
                return Reply.unknown(said(broken));
            }
        }

        private Connection take(Duration within) {
            synchronized (idle) {
                // The most recent one: those that a burst needed and nobody needs any more grow old unseen.
                if (!idle.isEmpty()) {
                    return idle.pop();
                }
            }
            return connect(within);
        }

        private void giveBack(Connection cache) {
            synchronized (idle) {
                if (reuses && !closed) {
                    idle.push(cache);
                    return;
                }
            }
            discard(cache);
        }

        private void discard(Connection cache) {
            try {
                cache.close();
            } catch (JedisException brokenAlready) {
                // Nothing is left to give back.
            }
        }

        @Override
        public void close() {
            List<Connection> left;
            synchronized (idle) {
                closed = true;
                left = new ArrayList<>(idle);
                idle.clear();
            }
            left.forEach(this::discard);
        }
    }

    @FunctionalInterface
    private interface Question {
        Response<String> ask(Pipeline pipeline);
    }
}
