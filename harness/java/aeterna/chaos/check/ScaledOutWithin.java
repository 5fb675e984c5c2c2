package aeterna.chaos.check;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Judges by pod events when there were more replicas than at first. Counts from the clients' beginning: they are the load.
 *
 * @param workload what is scaled
 * @param within how long the first additional replica may take to be Ready
 */
record ScaledOutWithin(String workload, Duration within) implements Promise {
    @Override
    public Optional<Duration> limit() {
        return Optional.of(within);
    }

    @Override
    public Finding judge(History history) {
        var began = history.first(Entry.ClientBegan.class);
        var act = history.injectedAt();
        if (began.isEmpty() || act.isEmpty()) {
            return Finding.of(this, Verdict.VOID, "no client ever ran, or the history has no act");
        }
        var from = began.get().at();
        var pods = Pods.at(history, from);
        var first = pods.ready(workload).size();
        if (first == 0) {
            return Finding.of(this, Verdict.VOID, "nobody saw a replica before the load");
        }
        var end = history.began(Phase.READ_BACK).orElse(Long.MAX_VALUE);
        var most = first;
        var scaled = -1L;
        for (var seen : history.all(Entry.PodSeen.class)
                .filter(pod -> pod.at() > from && pod.at() <= end)
                .toList()) {
            pods.tell(seen);
            most = Math.max(most, pods.ready(workload).size());
            scaled = most > first && scaled < 0 ? seen.at() : scaled;
        }
        var looked = Duration.ofNanos((scaled < 0 ? end : scaled) - from);
        if (scaled < 0) {
            return found(
                    looked.compareTo(within) > 0 ? Verdict.BROKEN : Verdict.VOID,
                    looked,
                    "never more than the " + first + " replicas there were at first, in " + Words.of(looked));
        }
        return found(
                looked.compareTo(within) > 0 ? Verdict.BROKEN : Verdict.HELD,
                looked,
                "one more than the " + first + " at first was Ready after " + Words.of(looked) + ", and " + most
                        + " at the most; promised " + Words.of(within));
    }

    private Finding found(Verdict verdict, Duration measured, String because) {
        return new Finding(toString(), verdict, limit(), Optional.of(measured), Duration.ZERO, because, List.of());
    }

    @Override
    public String toString() {
        return workload + " scales out within " + Words.of(within);
    }
}
