package aeterna.chaos.check;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Entry.PodSeen;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Judges by pod events who has no place at the moment when the fault ends: the pods that run on the nodes' own volumes and were
 * there before the act, all of them and nobody else.
 *
 * @param workloads those that are bound to their nodes
 */
record ExactlyTheseWait(List<String> workloads) implements Promise {
    ExactlyTheseWait {
        workloads = List.copyOf(workloads);
    }

    @Override
    public Optional<Duration> limit() {
        return Optional.empty();
    }

    @Override
    public Finding judge(History history) {
        var act = history.first(Entry.Injecting.class);
        var healed = history.healedAt();
        if (act.isEmpty() || act.get().planned().hit().nodes().isEmpty() || healed.isEmpty()) {
            return Finding.of(this, Verdict.VOID, "no node was hit, or the fault never ended");
        }
        var nodes = act.get().planned().hit().nodes();
        var bound = names(Pods.at(history, act.get().at()).byUid().values().stream()
                .filter(pod -> nodes.contains(pod.node()) && workloads.contains(Pods.workload(pod)))
                .toList());
        var waiting = names(Pods.at(history, healed.getAsLong()).byUid().values().stream()
                .filter(pod -> !pod.ready() && !pod.owner().startsWith("Job/"))
                .toList());
        return Finding.of(
                this,
                waiting.equals(bound) ? Verdict.HELD : Verdict.BROKEN,
                "waiting when the fault ended: " + said(waiting)
                        + (waiting.equals(bound) ? "" : "; bound to what was hit: " + said(bound)));
    }

    private static TreeSet<String> names(List<PodSeen> pods) {
        return pods.stream().map(PodSeen::pod).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String said(TreeSet<String> names) {
        return names.isEmpty() ? "nobody" : String.join(", ", names);
    }

    @Override
    public String toString() {
        return "exactly the pods that are bound to their nodes wait";
    }
}
