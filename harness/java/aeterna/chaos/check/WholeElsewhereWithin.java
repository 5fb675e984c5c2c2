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
import java.util.OptionalLong;
import java.util.Set;

/**
 * Judges by pod events when as many pods were Ready on the nodes that were not hit as were Ready anywhere before. Counts from the
 * act, and must come true while the fault is in place.
 *
 * @param within how long that may take
 * @param workloads Deployments and StatefulSets whose pods can run anywhere
 */
record WholeElsewhereWithin(Duration within, List<String> workloads) implements Promise {
    WholeElsewhereWithin {
        workloads = List.copyOf(workloads);
    }

    @Override
    public Optional<Duration> limit() {
        return Optional.of(within);
    }

    @Override
    public Finding judge(History history) {
        var act = history.first(Entry.Injecting.class);
        if (act.isEmpty() || act.get().planned().hit().nodes().isEmpty()) {
            return Finding.of(this, Verdict.VOID, "no node was hit");
        }
        var from = act.get().at();
        Set<String> hit = act.get().planned().hit().nodes();
        var until = history.healedAt().orElse(history.began(Phase.READ_BACK).orElse(Long.MAX_VALUE));
        var before = Pods.at(history, from);
        var latest = Duration.ZERO;
        var last = "none of them was there";
        for (var workload : workloads) {
            var number = before.ready(workload).size();
            if (number == 0) {
                return Finding.of(this, Verdict.VOID, "nobody saw a pod of " + workload + " before the act");
            }
            var whole = wholeAt(history, workload, number, hit, from, until);
            if (whole.isEmpty()) {
                return never(history, workload, number, hit, Duration.ofNanos(until - from));
            }
            var took = Duration.ofNanos(whole.getAsLong() - from);
            if (took.compareTo(latest) > 0) {
                latest = took;
                last = workload + " had all " + number + " Ready elsewhere after " + Words.of(took) + ", promised "
                        + Words.of(within);
            }
        }
        return found(latest.compareTo(within) > 0 ? Verdict.BROKEN : Verdict.HELD, latest, last);
    }

    private static OptionalLong wholeAt(
            History history, String workload, int number, Set<String> hit, long from, long until) {
        var pods = Pods.at(history, from);
        if (pods.readyOff(hit, workload) >= number) {
            return OptionalLong.of(from);
        }
        for (var seen : history.all(Entry.PodSeen.class)
                .filter(pod -> pod.at() > from && pod.at() <= until)
                .toList()) {
            pods.tell(seen);
            if (pods.readyOff(hit, workload) >= number) {
                return OptionalLong.of(seen.at());
            }
        }
        return OptionalLong.empty();
    }

    private Finding never(History history, String workload, int number, Set<String> hit, Duration looked) {
        var end = history.injectedAt().orElse(0) + looked.toNanos();
        var there = Pods.at(history, end).readyOff(hit, workload);
        return found(
                looked.compareTo(within) > 0 ? Verdict.BROKEN : Verdict.VOID,
                looked,
                workload + " had " + there + " of " + number + " Ready elsewhere when the fault ended, after "
                        + Words.of(looked));
    }

    private Finding found(Verdict verdict, Duration measured, String because) {
        return new Finding(toString(), verdict, limit(), Optional.of(measured), Duration.ZERO, because, List.of());
    }

    @Override
    public String toString() {
        return "whole on other nodes within " + Words.of(within) + ": " + String.join(", ", workloads);
    }
}
