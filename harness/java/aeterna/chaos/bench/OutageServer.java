package aeterna.chaos.bench;

import aeterna.chaos.time.Clock;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server that answers a write as the API does, goes down when it is told to and keeps its own record of that. The
 * record is exact because it is kept under the same lock under which requests are answered. Thread-safe.
 */
final class OutageServer implements Closeable {
    private static final int BACKLOG = 256;

    private final int port;
    private final Clock clock;
    private final Executor threads;
    private final Set<Socket> connections = new HashSet<>();
    /** Connections whose request came in the dark. */
    private final List<Socket> held = new ArrayList<>();
    /** The latest answer to each client. */
    private final Map<String, Answered> latest = new HashMap<>();
    /** The first answer to each client since the server came up. */
    private final Map<String, Answered> first = new HashMap<>();

    private Map<String, Answered> before = Map.of();
    private ServerSocket listener;
    private CountDownLatch letsNobodyIn;
    private boolean up = true;
    private long stopped;
    private long resumed;

    /**
     * @param port free; not one that the machine gives to outgoing connections: a client that asks for the closed port
     *     could be given that very port for its own end, and would talk to itself
     * @param threads one is kept busy by every connection
     * @throws IOException when the port is taken
     */
    OutageServer(int port, Clock clock, Executor threads) throws IOException {
        this.port = port;
        this.clock = clock;
        this.threads = threads;
        listen();
    }

    int port() {
        return port;
    }

    private synchronized void listen() throws IOException {
        var fresh = new ServerSocket();
        fresh.setReuseAddress(true);
        try {
            fresh.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        } catch (IOException taken) {
            fresh.close();
            throw taken;
        }
        var ended = new CountDownLatch(1);
        listener = fresh;
        letsNobodyIn = ended;
        threads.execute(() -> {
            try {
                accept(fresh);
            } finally {
                ended.countDown();
            }
        });
    }

    /** No answer is given after this returns, and where it refuses, nobody is let in. */
    void down(Darkness darkness) throws IOException {
        CountDownLatch closed;
        synchronized (this) {
            up = false;
            stopped = clock.nanos();
            before = Map.copyOf(latest);
            if (darkness != Darkness.REFUSING) {
                return;
            }
            listener.close();
            hangUp(connections);
            connections.clear();
            closed = letsNobodyIn;
        }
        try {
            // The kernel goes on letting clients in until the call that accepts has returned.
            closed.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the server went down");
        }
    }

    /** From now on every request is answered; those that waited in the dark never are. */
    synchronized void up() throws IOException {
        if (listener.isClosed()) {
            listen();
        }
        hangUp(held);
        connections.removeAll(held);
        held.clear();
        first.clear();
        up = true;
        resumed = clock.nanos();
    }

    /** True once every client that was answered before the last downtime has been answered after it. */
    synchronized boolean everybodyIsBack() {
        return up && first.keySet().containsAll(before.keySet());
    }

    /** The last downtime; of use once everybody is back. */
    synchronized Truth truth() {
        var gaps = new ArrayList<Truth.Gap>();
        before.forEach((client, last) -> {
            var next = first.get(client);
            if (next != null) {
                gaps.add(new Truth.Gap(last.key, last.at, next.key, next.at));
            }
        });
        return new Truth(stopped, resumed, gaps);
    }

    /** Forgets clients that have left. */
    synchronized void forget() {
        latest.clear();
        before = Map.of();
    }

    @Override
    public synchronized void close() throws IOException {
        listener.close();
        hangUp(connections);
    }

    private void accept(ServerSocket on) {
        while (true) {
            try {
                var connection = on.accept();
                connection.setTcpNoDelay(true);
                synchronized (this) {
                    if (on.isClosed()) {
                        connection.close();
                        return;
                    }
                    connections.add(connection);
                }
                threads.execute(() -> serve(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try {
            var in = new BufferedInputStream(connection.getInputStream());
            var open = true;
            while (open) {
                open = answer(connection, key(in));
            }
        } catch (IOException left) {
            synchronized (this) {
                connections.remove(connection);
            }
            hangUp(List.of(connection));
        }
    }

    /** False when the connection is of no more use. */
    private synchronized boolean answer(Socket connection, String key) throws IOException {
        if (!connections.contains(connection)) {
            return false;
        }
        if (!up) {
            held.add(connection);
            return false;
        }
        var answered = new Answered(key, clock.nanos());
        // Clients number their keys: what is before the number is the client.
        var client = key.substring(0, Math.max(0, key.lastIndexOf('-')));
        latest.put(client, answered);
        first.putIfAbsent(client, answered);
        connection
                .getOutputStream()
                .write(("HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
                                + "X-Pg-Instance: aeterna-postgres-1\r\nX-Pg-Timeline: 1\r\n\r\n{}")
                        .getBytes(StandardCharsets.US_ASCII));
        return true;
    }

    /** The key that the next request on a connection writes. */
    private static String key(InputStream in) throws IOException {
        var length = 0;
        for (var line = line(in); !line.isEmpty(); line = line(in)) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
            }
        }
        var body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the request breaks off");
        }
        return JsonMapper.shared().readTree(body).path("slug").asString("");
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (var next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the client is gone");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    private static void hangUp(Iterable<Socket> sockets) {
        for (var socket : sockets) {
            try {
                socket.close();
            } catch (IOException alreadyGone) {
                // Which is what was wanted.
            }
        }
    }

    private record Answered(String key, long at) {}
}
