package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.Prober;
import aeterna.chaos.cluster.Subscription;
import aeterna.chaos.model.Client;
import aeterna.chaos.model.Op;
import aeterna.chaos.time.Clock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tries connections from the network namespaces of nodes that are containers, and of their pods. Thread-safe. */
final class NodeProber implements Prober {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Enough that one of them meets no other work. */
    private static final int EXCHANGES = 5;

    private final Netops netops;

    NodeProber(Netops netops) {
        this.netops = netops;
    }

    @Override
    public List<Contact> reach(List<Attempt> attempts) {
        var nodes = netops.nodes();
        var wanted = attempts.stream()
                .map(attempt -> Map.of(
                        "container",
                        Netops.container(nodes, attempt.from().node()),
                        "pod",
                        attempt.from().podUid(),
                        "to",
                        attempt.address() + ":" + attempt.port(),
                        "name",
                        attempt.name()))
                .toList();
        return netops.run(Stream.of("reach", "--wanted", JSON.writeValueAsString(wanted))).stream()
                .map(NodeProber::contact)
                .toList();
    }

    @Override
    public Subscription work(List<Errand> errands, Clock clock, Consumer<Op> sink, Consumer<String> trouble) {
        var nodes = netops.nodes();
        var wanted = errands.stream()
                .map(errand -> Map.of(
                        "container",
                        Netops.container(nodes, errand.from().node()),
                        "pod",
                        errand.from().podUid(),
                        "name",
                        errand.client().name(),
                        "to",
                        errand.address() + ":" + errand.port(),
                        "request",
                        errand.request().getBytes(StandardCharsets.ISO_8859_1),
                        "expected",
                        errand.expected(),
                        "spacing_millis",
                        errand.client().spacing().toMillis(),
                        "deadline_millis",
                        errand.client().deadline().toMillis(),
                        "cap",
                        errand.client().cap()))
                .toList();
        var clients = errands.stream().map(Errand::client).collect(Collectors.toMap(Client::name, Function.identity()));
        var ahead = ahead(clock);
        return netops.follow(
                Stream.of("ops", "--wanted", JSON.writeValueAsString(wanted)),
                line -> sink.accept(op(line, clients, ahead)),
                trouble);
    }

    /** By how much the clock here is ahead of the one there: of several exchanges, the quickest errs least, by half its length. */
    private long ahead(Clock clock) {
        var quickest = Long.MAX_VALUE;
        var ahead = 0L;
        for (var exchange = 0; exchange < EXCHANGES; exchange++) {
            var asked = clock.nanos();
            var there =
                    netops.run(Stream.of("clock")).get(0).get("monotonic_nanos").asLong();
            var answered = clock.nanos();
            if (answered - asked < quickest) {
                quickest = answered - asked;
                ahead = asked + quickest / 2 - there;
            }
        }
        return ahead;
    }

    private static Op op(JsonNode line, Map<String, Client> clients, long ahead) {
        var client = clients.get(line.get("client").asString());
        return new Op(
                client.name(),
                client.kind(),
                client.connection(),
                line.get("scheduled").asLong() + ahead,
                line.get("sent").asLong() + ahead,
                line.get("ended").asLong() + ahead,
                Op.Outcome.valueOf(line.get("outcome").asString().toUpperCase(Locale.ROOT)),
                "",
                line.path("error").asString(""),
                "",
                0);
    }

    private static Contact contact(JsonNode line) {
        return new Contact(
                Outcome.valueOf(line.get("outcome").asString().toUpperCase(Locale.ROOT)),
                Duration.ofNanos(Math.round(line.get("millis").asDouble() * 1e6)));
    }
}
