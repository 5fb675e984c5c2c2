package aeterna.chaos.check;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import java.util.Optional;

/**
 * Judges by pod events, from the act to the end: what a disruption budget is for.
 *
 * @param workload a Deployment or StatefulSet
 * @param least how many of its pods stay Ready, at least 1
 */
record NeverFewerReady(String workload, int least) implements Promise {
    @Override
    public Optional<Duration> limit() {
        return Optional.empty();
    }

    @Override
    public Finding judge(History history) {
        var act = history.injectedAt();
        if (act.isEmpty()) {
            return Finding.of(this, Verdict.VOID, "the history has no act");
        }
        var pods = Pods.at(history, act.getAsLong());
        var fewest = pods.ready(workload).size();
        if (fewest < least) {
            return Finding.of(this, Verdict.VOID, "only " + fewest + " were seen Ready before the act");
        }
        var end = history.began(Phase.READ_BACK).orElse(Long.MAX_VALUE);
        var when = act.getAsLong();
        for (var seen : history.all(Entry.PodSeen.class)
                .filter(pod -> pod.at() > act.getAsLong() && pod.at() <= end)
                .toList()) {
            pods.tell(seen);
            var ready = pods.ready(workload).size();
            if (ready < fewest) {
                fewest = ready;
                when = seen.at();
            }
        }
        return Finding.of(
                this,
                fewest < least ? Verdict.BROKEN : Verdict.HELD,
                "at the fewest " + fewest + " were Ready"
                        + (when == act.getAsLong() ? "" : ", " + After.act(history, when)));
    }

    @Override
    public String toString() {
        return "never fewer than " + least + " of " + workload + " Ready";
    }
}
