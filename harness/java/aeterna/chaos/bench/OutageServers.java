package aeterna.chaos.bench;

import aeterna.chaos.model.Problem;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.time.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * A process of many servers that go down on demand, so that the prober's own pauses are not theirs. Its first line says
 * on which ports: the one that takes the orders, then those of the servers. An order is a line such as
 * {@code 2 REFUSING 250000000} (which server, how, for how many nanoseconds); its answer, a {@link Truth} as one line of
 * JSON, comes once all clients are back. {@code 2 FORGET} comes before a server's clients change.
 */
final class OutageServers {
    /** The order, in place of how to go down, that makes a server forget clients that have left. */
    static final String FORGET = "FORGET";

    private static final Duration BACK = Duration.ofSeconds(30);

    private final List<OutageServer> servers;
    private final Timekeeper time;

    private OutageServers(List<OutageServer> servers, Timekeeper time) {
        this.servers = servers;
        this.time = time;
    }

    /** Takes the number of servers. */
    public static void main(String[] arguments) throws IOException {
        OtherProcess.endWithItsParent();
        var time = Timekeeper.system();
        ExecutorService threads = Executors.newCachedThreadPool();
        var servers = new OutageServers(
                Ports.open(Integer.parseInt(arguments[0]), port -> new OutageServer(port, time, threads)), time);
        try (var orders = Ports.open(1, port -> new ServerSocket(port, 50, InetAddress.getLoopbackAddress()))
                .get(0)) {
            System.out.println(orders.getLocalPort() + " "
                    + servers.servers.stream()
                            .map(server -> String.valueOf(server.port()))
                            .collect(Collectors.joining(" ")));
            while (true) {
                var connection = orders.accept();
                threads.execute(() -> servers.obey(connection));
            }
        }
    }

    private void obey(Socket connection) {
        try (connection;
                var in = new BufferedReader(
                        new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII))) {
            for (var order = in.readLine(); order != null; order = in.readLine()) {
                var words = order.split(" ", -1);
                var server = servers.get(Integer.parseInt(words[0]));
                Object answer;
                if (words[1].equals(FORGET)) {
                    server.forget();
                    answer = "forgotten";
                } else {
                    answer = goDown(server, Darkness.valueOf(words[1]), Duration.ofNanos(Long.parseLong(words[2])));
                }
                connection
                        .getOutputStream()
                        .write((JsonMapper.shared().writeValueAsString(answer) + "\n")
                                .getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException left) {
            throw new Problem("the prober hung up: " + left.getMessage(), "Look for what it said.", left);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private Truth goDown(OutageServer server, Darkness darkness, Duration downtime)
            throws IOException, InterruptedException {
        server.down(darkness);
        time.pause(downtime);
        server.up();
        Waiting.atMost(BACK).untilTrue(server::everybodyIsBack);
        return server.truth();
    }
}
