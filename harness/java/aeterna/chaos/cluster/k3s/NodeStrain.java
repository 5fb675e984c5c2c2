package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.NodeLoad;
import aeterna.chaos.cluster.Strain;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Processor time and memory of nodes that are containers, used up by processes of ours inside the nodes' control groups. Thread-safe. */
final class NodeStrain implements Strain {
    private final Netops netops;

    NodeStrain(Netops netops) {
        this.netops = netops;
    }

    @Override
    public void burn(String tag, Collection<String> nodes, int threads, int millicores) {
        var containers = netops.nodes();
        // The limit first: threads that never rest would starve the whole machine meanwhile.
        limit(nodes.stream().map(node -> Netops.container(containers, node)), millicores);
        nodes.forEach(node -> start(tag, Netops.container(containers, node), "--cores", threads));
    }

    @Override
    public void hoard(String tag, Collection<String> nodes, int mebibytes) {
        var containers = netops.nodes();
        nodes.forEach(node -> start(tag, Netops.container(containers, node), "--mebibytes", mebibytes));
    }

    private void start(String tag, String container, String what, int howMuch) {
        netops.start(Stream.of("burn", "--tag", tag, "--container", container, what, Integer.toString(howMuch)));
    }

    private void limit(Stream<String> containers, int millicores) {
        netops.run(Stream.concat(
                Stream.of("load", "limit", "--millicores", Integer.toString(millicores)), Netops.named(containers)));
    }

    @Override
    public void end(String tag, Collection<String> nodes) {
        netops.run(Stream.of("end", "--tag", tag));
        var containers = netops.nodes();
        limit(nodes.stream().filter(containers::containsKey).map(containers::get), 0);
    }

    @Override
    public Map<String, NodeLoad> look() {
        var running = netops.running();
        var names = running.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));
        var loads = new TreeMap<String, NodeLoad>();
        netops.run(Stream.concat(Stream.of("load", "look"), Netops.named(running.values().stream())))
                .forEach(line -> loads.put(
                        names.get(line.get("container").asString()),
                        new NodeLoad(
                                Duration.ofNanos(line.get("throttled_nanos").asLong()),
                                line.get("memory_bytes").asLong(),
                                line.get("millicores").asInt(),
                                line.get("free_bytes").asLong())));
        return loads;
    }
}
