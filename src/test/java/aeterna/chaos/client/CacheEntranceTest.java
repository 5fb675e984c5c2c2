package aeterna.chaos.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.model.Op;
import aeterna.chaos.model.Op.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CacheEntranceTest {
    private static final Duration DEADLINE = Duration.ofMillis(300);

    private final FakeRedis redis = new FakeRedis();
    private final CacheEntrance entrance = new CacheEntrance("cache", redis.port());

    @AfterEach
    void stop() throws IOException {
        redis.close();
    }

    @Test
    void anAcknowledgementSaysWhoGaveItAfterWhichPromotion() {
        try (var session = entrance.open(Op.Connection.REUSED)) {
            assertThat(session.write("w-0", DEADLINE)).isEqualTo(Reply.ok("aeterna-dragonfly-1", 4));
            assertThat(session.read(DEADLINE)).isEqualTo(Reply.ok("aeterna-dragonfly-1", 4));
        }
        assertThat(redis.keys).containsEntry("chaos:w-0", "w-0");
    }

    @Test
    void withoutTheOperatorsNoteAnAcknowledgementIsOneAllTheSame() {
        redis.keys.remove("dragonfly-operator:promotion");
        try (var session = entrance.open(Op.Connection.NEW)) {
            assertThat(session.write("w-0", DEADLINE)).isEqualTo(Reply.ok("", 0));
        }
    }

    @Test
    void aReusedConnectionIsReusedAndANewOneIsNew() {
        try (var session = entrance.open(Op.Connection.REUSED)) {
            session.write("w-0", DEADLINE);
            session.write("w-1", DEADLINE);
        }
        assertThat(redis.connections).hasValue(1);
        try (var session = entrance.open(Op.Connection.NEW)) {
            session.write("w-2", DEADLINE);
            session.write("w-3", DEADLINE);
        }
        assertThat(redis.connections).hasValue(3);
    }

    @Test
    void aReplicaRefusesForCertain() {
        redis.trouble = "-READONLY You can't write against a read only replica.";
        try (var session = entrance.open(Op.Connection.NEW)) {
            var reply = session.write("w-0", DEADLINE);
            assertThat(reply.outcome()).isEqualTo(Outcome.FAIL);
            assertThat(reply.error()).startsWith("READONLY");
        }
    }

    @Test
    void aConnectionThatBreaksAfterTheRequestLeavesAWriteUnknown() {
        redis.trouble = FakeRedis.HANGS_UP;
        try (var session = entrance.open(Op.Connection.NEW)) {
            assertThat(session.write("w-0", DEADLINE).outcome()).isEqualTo(Outcome.UNKNOWN);
            assertThat(session.read(DEADLINE).outcome()).isEqualTo(Outcome.FAIL);
        }
    }

    @Test
    void silenceLeavesAWriteUnknown() {
        redis.trouble = FakeRedis.SILENT;
        try (var session = entrance.open(Op.Connection.REUSED)) {
            assertThat(session.write("w-0", DEADLINE).outcome()).isEqualTo(Outcome.UNKNOWN);
            redis.trouble = "";
            // The late answer of the first request must not be taken for the second one's.
            assertThat(session.write("w-1", DEADLINE)).isEqualTo(Reply.ok("aeterna-dragonfly-1", 4));
        }
        assertThat(redis.connections).hasValue(2);
    }

    @Test
    void aPortNobodyListensOnIsShutAndNothingWasSent() throws IOException {
        redis.close();
        assertThat(entrance.ask().outcome()).isEqualTo(Outcome.FAIL);
        try (var session = entrance.open(Op.Connection.NEW)) {
            var reply = session.write("w-0", DEADLINE);
            assertThat(reply.outcome()).isEqualTo(Outcome.FAIL);
            assertThat(reply.error()).startsWith("not sent: ");
        }
    }

    @Test
    void readsBackWhatBeginsWithThePrefixOverSeveralPages() throws IOException {
        for (var i = 0; i < 7; i++) {
            redis.keys.put("chaos:w-" + i, "x");
        }
        redis.keys.put("chaos:v-0", "x");
        redis.keys.put("aeterna:w-8", "x");

        assertThat(entrance.kept("w-").keySet()).containsExactly("w-0", "w-1", "w-2", "w-3", "w-4", "w-5", "w-6");
    }

    @Test
    void forgetsItsOwnKeysAlone() throws IOException {
        redis.keys.putAll(Map.of("chaos:w-0", "x", "chaos:w-1", "x", "aeterna:session", "x"));

        entrance.forget();

        assertThat(redis.keys).containsOnlyKeys("aeterna:session", "dragonfly-operator:promotion");
    }

    @Test
    void aReplicaIsNoPlaceToReadBackFrom() {
        redis.role = "slave";
        assertThatThrownBy(() -> entrance.kept("w-"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("replica");
        assertThat(entrance.ask().outcome()).isEqualTo(Outcome.FAIL);
    }

    /** A server of Redis's protocol over a map, three keys a page. */
    private static final class FakeRedis implements AutoCloseable {
        static final String HANGS_UP = "hangs up";
        static final String SILENT = "silent";
        private static final int PAGE = 3;

        final Map<String, String> keys = new TreeMap<>(Map.of("dragonfly-operator:promotion", "4 aeterna-dragonfly-1"));
        final AtomicInteger connections = new AtomicInteger();
        volatile String trouble = "";
        volatile String role = "master";

        private final ServerSocket server;
        private final Thread accepting;

        FakeRedis() {
            try {
                server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            } catch (IOException noPort) {
                throw new UncheckedIOException(noPort);
            }
            accepting = start(() -> {
                while (true) {
                    var client = server.accept();
                    connections.incrementAndGet();
                    start(() -> serve(client));
                }
            });
        }

        int port() {
            return server.getLocalPort();
        }

        private interface Work {
            void run() throws IOException;
        }

        private static Thread start(Work work) {
            var thread = new Thread(() -> {
                try {
                    work.run();
                } catch (IOException ended) {
                    // The other side, or the test, is done.
                }
            });
            thread.setDaemon(true);
            thread.start();
            return thread;
        }

        private void serve(Socket client) throws IOException {
            try (client) {
                var in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
                for (var line = in.readLine(); line != null; line = in.readLine()) {
                    var command = new ArrayList<String>();
                    for (var left = Integer.parseInt(line.substring(1)); left > 0; left--) {
                        in.readLine();
                        command.add(in.readLine());
                    }
                    if (trouble.equals(HANGS_UP)) {
                        return;
                    }
                    if (!trouble.equals(SILENT)) {
                        client.getOutputStream().write(answer(command).getBytes(StandardCharsets.UTF_8));
                    }
                }
            }
        }

        private synchronized String answer(List<String> command) {
            return switch (command.get(0)) {
                case "SET" -> set(command.get(1), command.get(2));
                case "GET" -> keys.containsKey(command.get(1)) ? bulk(keys.get(command.get(1))) : "$-1\r\n";
                case "INFO" -> bulk("# Replication\r\nrole:" + role + "\r\n");
                case "UNLINK" -> {
                    keys.keySet().removeAll(command.subList(1, command.size()));
                    yield ":" + (command.size() - 1) + "\r\n";
                }
                case "SCAN" -> page(Integer.parseInt(command.get(1)), command.get(command.indexOf("MATCH") + 1));
                default -> "-ERR unknown command " + command.get(0) + "\r\n";
            };
        }

        private String set(String key, String value) {
            if (!trouble.isEmpty()) {
                return trouble + "\r\n";
            }
            keys.put(key, value);
            return "+OK\r\n";
        }

        /** The cursor counts the pages of what there was at first; what is removed meanwhile is passed over, as Redis does. */
        private String page(int cursor, String pattern) {
            var prefix = pattern.substring(0, pattern.length() - 1);
            if (cursor == 0) {
                scanned = List.copyOf(keys.keySet());
            }
            var from = cursor * PAGE;
            var to = Math.min(from + PAGE, scanned.size());
            var found = scanned.subList(from, to).stream()
                    .filter(key -> key.startsWith(prefix))
                    .toList();
            var text = new StringBuilder("*2\r\n" + bulk(to == scanned.size() ? "0" : String.valueOf(cursor + 1)) + "*"
                    + found.size() + "\r\n");
            found.forEach(key -> text.append(bulk(key)));
            return text.toString();
        }

        private List<String> scanned = List.of();

        private static String bulk(String text) {
            return "$" + text.length() + "\r\n" + text + "\r\n";
        }

        @Override
        public void close() throws IOException {
            server.close();
            try {
                // Until that call has returned, the kernel still lets somebody in.
                accepting.join();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
