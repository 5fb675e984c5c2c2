package aeterna.chaos.check;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Judges by pod events: each owner of a pod that was hit has to show as many new incarnations Ready as it lost. */
record NewPodReadyWithin(Duration within) implements Promise {
    @Override
    public Optional<Duration> limit() {
        return Optional.of(within);
    }

    @Override
    public Finding judge(History history) {
        var act = history.first(Entry.Injecting.class);
        if (act.isEmpty() || act.get().planned().hit().pods().isEmpty()) {
            return Finding.of(this, Verdict.VOID, "no pod was hit");
        }
        var from = act.get().at();
        Set<String> known = new HashSet<>();
        Map<String, String> ownerOf = new HashMap<>();
        history.all(Entry.PodSeen.class).filter(pod -> pod.at() < from).forEach(pod -> {
            known.add(incarnation(pod));
            ownerOf.put(pod.pod(), owner(pod));
        });

        var latest = from;
        var lastPod = "";
        Map<String, Integer> lost = new HashMap<>();
        for (var pod : act.get().planned().hit().pods()) {
            if (!ownerOf.containsKey(pod)) {
                return Finding.of(this, Verdict.VOID, "nobody saw " + pod + " before it was hit");
            }
            lost.merge(ownerOf.get(pod), 1, Integer::sum);
        }
        for (var owner : lost.keySet()) {
            var replacement = nthReady(history, owner, known, lost.get(owner));
            if (replacement.isEmpty()) {
                return never(history, from, owner);
            }
            if (replacement.get().at() > latest) {
                latest = replacement.get().at();
                lastPod = replacement.get().pod();
            }
        }
        var measured = Duration.ofNanos(latest - from);
        return new Finding(
                toString(),
                measured.compareTo(within) > 0 ? Verdict.BROKEN : Verdict.HELD,
                limit(),
                Optional.of(measured),
                Duration.ZERO,
                lastPod + " was Ready after " + Words.of(measured) + ", promised " + Words.of(within),
                List.of());
    }

    private static Optional<Entry.PodSeen> nthReady(History history, String owner, Set<String> known, int n) {
        Set<String> counted = new HashSet<>(known);
        return history.all(Entry.PodSeen.class)
                .filter(pod -> owner(pod).equals(owner) && pod.ready() && !pod.gone() && counted.add(incarnation(pod)))
                .skip(n - 1L)
                .findFirst();
    }

    private Finding never(History history, long from, String owner) {
        var end = history.all(Entry.PhaseBegan.class).mapToLong(Entry::at).max().orElse(from);
        var looked = Duration.ofNanos(end - from);
        return new Finding(
                toString(),
                looked.compareTo(within) > 0 ? Verdict.BROKEN : Verdict.VOID,
                limit(),
                Optional.of(looked),
                Duration.ZERO,
                "no new pod of " + owner + " was Ready when nobody looked any more, after " + Words.of(looked),
                List.of());
    }

    /** A container that starts again makes a pod a new one for those who wait for it. */
    private static String incarnation(Entry.PodSeen pod) {
        return pod.uid() + "#" + pod.restarts();
    }

    private static String owner(Entry.PodSeen pod) {
        return pod.owner().isEmpty() ? pod.pod() : pod.owner();
    }

    @Override
    public String toString() {
        return "a new pod Ready within " + Words.of(within);
    }
}
