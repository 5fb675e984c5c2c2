package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.Flow;
import aeterna.chaos.cluster.Traffic;
import aeterna.chaos.cluster.TrafficCount;
import aeterna.chaos.model.Degradation;
import aeterna.chaos.model.Place;
import aeterna.chaos.model.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Packets of nodes that are containers, acted on in the kernel's packet filter and queues, in the namespaces of the nodes
 * and their pods. Thread-safe.
 */
final class NodeTraffic implements Traffic {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** The queue in which a delayer takes a node's packets: any number that nobody else in the node uses. */
    private static final int QUEUE = 44_670;

    private final Netops netops;

    private volatile Boolean netem;

    NodeTraffic(Netops netops) {
        this.netops = netops;
    }

    @Override
    public void block(String tag, Collection<Flow> flows) {
        var nodes = netops.nodes();
        set(
                tag,
                byPlace(flows).entrySet().stream()
                        .map(at -> Map.of(
                                "container",
                                Netops.container(nodes, at.getKey().node()),
                                "pod",
                                at.getKey().podUid(),
                                "rules",
                                at.getValue().stream()
                                        .map(flow -> rule(flow, Map.of("act", "drop")))
                                        .toList()))
                        .toList());
    }

    @Override
    public void degrade(String tag, Collection<Flow> flows, Degradation how) {
        var nodes = netops.nodes();
        var places = byPlace(flows);
        var queued = !how.latency().isZero() && !hasNetem();
        if (queued) {
            places.keySet()
                    .forEach(place -> netops.start(Stream.of(
                            "delay",
                            "--tag",
                            tag,
                            "--container",
                            Netops.container(nodes, place.node()),
                            "--queue",
                            Integer.toString(QUEUE),
                            "--latency",
                            how.latency().toMillis() + "ms",
                            "--jitter",
                            how.jitter().toMillis() + "ms")));
        }
        var acts = acts(how, queued);
        var shape = shape(how);
        set(
                tag,
                places.entrySet().stream()
                        .map(at -> {
                            var rules = new ArrayList<Map<String, Object>>();
                            acts.forEach(act -> at.getValue().forEach(flow -> rules.add(rule(flow, act))));
                            var place = new LinkedHashMap<String, Object>();
                            place.put(
                                    "container",
                                    Netops.container(nodes, at.getKey().node()));
                            place.put("rules", rules);
                            if (!shape.isEmpty()) {
                                place.put("shape", shape);
                            }
                            return place;
                        })
                        .toList());
    }

    /** In this order: what is lost needs no delay, and what has been delayed passes no later rule of the table. */
    private List<Map<String, Object>> acts(Degradation how, boolean queued) {
        var acts = new ArrayList<Map<String, Object>>();
        if (how.lossPercent() > 0 && !hasNetem()) {
            acts.add(Map.of("act", "lose", "per_ten_thousand", Math.max(1, Math.round(how.lossPercent() * 100))));
        }
        if (!shape(how).isEmpty()) {
            acts.add(Map.of("act", "classify"));
        }
        if (queued) {
            acts.add(Map.of("act", "queue", "queue", QUEUE));
        }
        return acts;
    }

    private Map<String, Object> shape(Degradation how) {
        var shape = new LinkedHashMap<String, Object>();
        if (how.kilobitsPerSecond() > 0) {
            shape.put("kilobits_per_second", how.kilobitsPerSecond());
        }
        if (hasNetem() && !how.latency().isZero()) {
            shape.put("millis", how.latency().toMillis());
            shape.put("jitter_millis", how.jitter().toMillis());
        }
        if (hasNetem() && how.lossPercent() > 0) {
            shape.put("loss_percent", how.lossPercent());
        }
        return shape;
    }

    @Override
    public String means(Degradation how) {
        var means = new ArrayList<String>();
        if (hasNetem() && (!how.latency().isZero() || how.lossPercent() > 0)) {
            means.add("netem");
        }
        if (!hasNetem() && !how.latency().isZero()) {
            means.add("a delayer behind NFQUEUE");
        }
        if (!hasNetem() && how.lossPercent() > 0) {
            means.add("random drops in the packet filter");
        }
        if (how.kilobitsPerSecond() > 0) {
            means.add("htb");
        }
        return String.join(", ", means);
    }

    /** Asked once: a kernel does not change while we look. */
    private boolean hasNetem() {
        if (netem == null) {
            netem = netops.run(Stream.of("traffic", "can")).get(0).get("netem").asBoolean();
        }
        return netem;
    }

    private static Map<Place, List<Flow>> byPlace(Collection<Flow> flows) {
        if (flows.isEmpty()) {
            throw new Problem("no traffic is named", "Name two sides that are not the same.");
        }
        return flows.stream().collect(Collectors.groupingBy(Flow::at, LinkedHashMap::new, Collectors.toList()));
    }

    private static Map<String, Object> rule(Flow flow, Map<String, Object> act) {
        var rule = new LinkedHashMap<String, Object>(act);
        rule.put("hook", flow.direction() == Flow.Direction.IN ? "in" : "out");
        rule.put("from", flow.from());
        rule.put("to", flow.to());
        rule.put("protocol", flow.protocol());
        rule.put("port", flow.port());
        return rule;
    }

    private void set(String tag, List<? extends Map<String, Object>> places) {
        netops.run(Stream.of("traffic", "set", "--tag", tag, "--wanted", JSON.writeValueAsString(places)));
    }

    @Override
    public void clear(String tag) {
        netops.run(Stream.concat(
                Stream.of("traffic", "clear", "--tag", tag), Netops.named(netops.nodes().values().stream())));
    }

    @Override
    public List<TrafficCount> look() {
        var nodes = netops.nodes();
        var names = nodes.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));
        return netops.run(Stream.concat(Stream.of("traffic", "list"), Netops.named(nodes.values().stream()))).stream()
                .map(line -> count(line, names))
                .toList();
    }

    private static TrafficCount count(JsonNode line, Map<String, String> names) {
        return new TrafficCount(
                new Place(
                        names.get(line.get("container").asString()),
                        line.has("pod") ? line.get("pod").asString() : ""),
                line.get("tag").asString(),
                line.get("rules").asInt(),
                line.get("packets").asLong(),
                line.get("shaped").asBoolean());
    }
}
