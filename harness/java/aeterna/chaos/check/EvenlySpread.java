package aeterna.chaos.check;

import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Topology;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.model.Zone;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Judges by pod events at the end, when all is whole again: no zone has more than one pod more than another one.
 *
 * @param topology which node is in which zone
 * @param workload whose pods
 */
record EvenlySpread(Topology topology, String workload) implements Promise {
    @Override
    public Optional<Duration> limit() {
        return Optional.empty();
    }

    @Override
    public Finding judge(History history) {
        var end = history.began(Phase.READ_BACK);
        var pods = Pods.at(history, end.orElse(Long.MAX_VALUE)).ready(workload);
        if (end.isEmpty() || pods.isEmpty()) {
            return Finding.of(this, Verdict.VOID, "the history has no end, or no pod of " + workload + " at it");
        }
        var perZone = new TreeMap<String, Integer>();
        topology.zones().forEach(zone -> perZone.put(zone.name(), 0));
        pods.forEach(pod -> topology.nodes().stream()
                .filter(node -> node.name().equals(pod.node()))
                .findFirst()
                .flatMap(Node::zone)
                .map(Zone::name)
                .ifPresent(zone -> perZone.merge(zone, 1, Integer::sum)));
        var even = Collections.max(perZone.values()) - Collections.min(perZone.values()) <= 1;
        return Finding.of(this, even ? Verdict.HELD : Verdict.BROKEN, "Ready in each zone at the end: " + perZone);
    }

    @Override
    public String toString() {
        return workload + " spread evenly over the zones at the end";
    }
}
