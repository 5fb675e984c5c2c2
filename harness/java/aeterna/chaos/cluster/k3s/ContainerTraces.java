package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.NodeTraces;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Trace;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Traces in nodes that are containers, looked for from the host by our resident helper. Thread-safe. */
final class ContainerTraces implements NodeTraces {
    private final Engine engine;
    private final String testbed;
    private final OwnNodes nodes;
    private final Netops netops;

    ContainerTraces(Engine engine, String testbed, OwnNodes nodes, Netops netops) {
        this.engine = engine;
        this.testbed = testbed;
        this.nodes = nodes;
        this.netops = netops;
    }

    @Override
    public List<Trace> look() {
        var helpers = engine.strays(testbed).stream()
                .map(stray -> new Trace(
                        Trace.Kind.HELPER,
                        Trace.CLUSTER,
                        "container " + stray.getId().substring(0, 12) + " (" + stray.getStatus() + ")"))
                .toList();
        var nodeByPid = new TreeMap<Long, String>();
        nodes.byName().values().stream()
                // One that is paused can be looked into, one that is off is not there: the engine tells of both itself.
                .filter(container -> !container.getState().equals("exited"))
                .forEach(container -> nodeByPid.put(
                        engine.inspect(container.getId()).getState().getPidLong(),
                        container.getLabels().get(Labels.NODE)));
        if (nodeByPid.isEmpty()) {
            throw new Problem(
                    "no node of testbed " + testbed + " runs, so none can be looked into",
                    "`./chaos up` makes the testbed anew.");
        }
        var arguments = Stream.concat(
                Stream.of("traces"),
                nodeByPid.keySet().stream().flatMap(pid -> Stream.of("--container-pid", Long.toString(pid))));
        var inNodes = netops.run(arguments).stream()
                .map(line -> trace(line, nodeByPid.getOrDefault(line.get("pid").asLong(), Trace.CLUSTER)));
        return Stream.concat(helpers.stream(), inNodes).toList();
    }

    private static Trace trace(JsonNode line, String node) {
        var kind = Trace.Kind.valueOf(line.get("kind").asString().toUpperCase(Locale.ROOT));
        return new Trace(kind, node, line.get("what").asString());
    }
}
