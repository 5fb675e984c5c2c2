package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.Prober;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tries connections from the network namespaces of nodes that are containers, and of their pods. Thread-safe. */
final class NodeProber implements Prober {
    private static final JsonMapper JSON = JsonMapper.shared();

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

    private static Contact contact(JsonNode line) {
        return new Contact(
                Outcome.valueOf(line.get("outcome").asString().toUpperCase(Locale.ROOT)),
                Duration.ofNanos(Math.round(line.get("millis").asDouble() * 1e6)));
    }
}
