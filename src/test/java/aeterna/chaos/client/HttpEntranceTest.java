package aeterna.chaos.client;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.model.Op.Connection;
import aeterna.chaos.model.Op.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpEntranceTest {
    private static final Duration DEADLINE = Duration.ofMillis(800);

    private final AtomicInteger connections = new AtomicInteger();
    private final ServerSocket server;
    private volatile String answer = "";

    HttpEntranceTest() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private void accept() {
        try {
            while (true) {
                var socket = server.accept();
                connections.incrementAndGet();
                daemon(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    /** Answers every request head (our bodies come in the same packet) with the current answer; hangs up when that is empty. */
    private void serve(Socket socket) {
        try (socket) {
            var buffer = new byte[8192];
            while (socket.getInputStream().read(buffer) > 0) {
                if (answer.isEmpty()) {
                    return;
                }
                if (!answer.equals("silence")) {
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private static void daemon(Runnable work) {
        var thread = new Thread(work);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((failed, why) -> {});
        thread.start();
    }

    private static String http(String status, String headers, String body) {
        return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private Reply write(Connection connection) {
        try (var session = entrance().open(connection)) {
            return session.write("key-1", DEADLINE);
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private HttpEntrance entrance() {
        return new HttpEntrance("api", "http://127.0.0.1:" + server.getLocalPort());
    }

    @Test
    void createdIsAcknowledgedByTheInstanceThatSaysSo() {
        answer = http("201 Created", "X-Pg-Instance: aeterna-postgres-2\r\nX-Pg-Timeline: 4\r\n", "{}");

        assertThat(write(Connection.NEW)).isEqualTo(Reply.ok("aeterna-postgres-2", 4));
    }

    @Test
    void whatCertainlyHadNoEffectFailed() {
        answer = http("503 Service Unavailable", "", "{\"error\":\"overloaded\"}");
        assertThat(write(Connection.NEW).outcome()).isEqualTo(Outcome.FAIL);

        answer = http("400 Bad Request", "", "{\"message\":\"slug must not be empty\"}");
        assertThat(write(Connection.NEW)).satisfies(reply -> {
            assertThat(reply.outcome()).isEqualTo(Outcome.FAIL);
            assertThat(reply.error()).startsWith("HTTP 400 {");
        });
    }

    @Test
    void nobodyKnowsWhatCameOfTheRest() {
        answer = http("500 Internal Server Error", "", "{}");
        assertThat(write(Connection.NEW).outcome()).isEqualTo(Outcome.UNKNOWN);

        answer = http("302 Found", "Location: /elsewhere\r\n", "");
        assertThat(write(Connection.NEW).outcome()).isEqualTo(Outcome.UNKNOWN);

        answer = http("400 Bad Request", "", "{\"message\":\"a tenant with this slug already exists\"}");
        assertThat(write(Connection.NEW).outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void aConnectionThatBreaksAfterTheRequestLeavesItUnknownAndIsNotTriedAgain() {
        answer = "";

        assertThat(write(Connection.REUSED).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(connections).hasValue(1);
    }

    @Test
    void silenceIsUnknownOnceTheDeadlineIsOver() {
        answer = "silence";

        assertThat(write(Connection.NEW).outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void aRefusedConnectionFailed() throws IOException {
        server.close();

        assertThat(write(Connection.NEW)).satisfies(reply -> {
            assertThat(reply.outcome()).isEqualTo(Outcome.FAIL);
            assertThat(reply.error()).startsWith("not sent: ConnectException");
        });
    }

    @Test
    void readsThatAreNotAnsweredWellFailed() throws Exception {
        answer = "";
        try (var session = entrance().open(Connection.NEW)) {
            assertThat(session.read(DEADLINE).outcome()).isEqualTo(Outcome.FAIL);
        }
    }

    @Test
    void connectsAnewForEachRequestOrDoesNot() throws Exception {
        answer = http("201 Created", "", "{}");
        try (var reused = entrance().open(Connection.REUSED)) {
            for (var i = 0; i < 3; i++) {
                reused.write("key-" + i, DEADLINE);
            }
        }
        assertThat(connections).hasValue(1);

        try (var fresh = entrance().open(Connection.NEW)) {
            for (var i = 0; i < 3; i++) {
                fresh.write("key-" + i, DEADLINE);
            }
        }
        assertThat(connections).hasValue(4);
    }

    @Test
    void readsBackEveryKeyOfTheClient() throws Exception {
        answer = http(
                "200 OK",
                "",
                "{\"tenants\":[{\"slug\":\"a-1\"},{\"slug\":\"a-2\"},{\"slug\":\"b-1\"},{\"slug\":\"a-2\"}]}");

        assertThat(entrance().kept("a-")).containsOnlyKeys("a-1", "a-2").containsEntry("a-2", 2);
    }
}
