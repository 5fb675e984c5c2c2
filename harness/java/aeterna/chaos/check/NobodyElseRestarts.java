package aeterna.chaos.check;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Entry.PodSeen;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeSet;

/** Judges by pod events: no pod goes or restarts but those that were hit themselves. A blip must not become a cascade. */
record NobodyElseRestarts() implements Promise {
    @Override
    public Optional<Duration> limit() {
        return Optional.empty();
    }

    @Override
    public Finding judge(History history) {
        var act = history.first(Entry.Injecting.class);
        if (act.isEmpty()) {
            return Finding.of(this, Verdict.VOID, "the history has no act");
        }
        var from = act.get().at();
        var hit = act.get().planned().hit();
        var before = Pods.at(history, from).byUid();
        if (before.isEmpty()) {
            return Finding.of(this, Verdict.VOID, "nobody saw any pod before the act");
        }
        var end = history.began(Phase.READ_BACK).orElse(Long.MAX_VALUE);
        var harmed = new TreeSet<String>();
        history.all(PodSeen.class)
                .filter(pod -> pod.at() > from && pod.at() <= end && before.containsKey(pod.uid()))
                .filter(pod -> !hit.pods().contains(pod.pod()) && !pod.owner().startsWith("Job/"))
                .forEach(pod -> {
                    if (pod.gone()) {
                        harmed.add(pod.pod() + " went");
                    } else if (pod.restarts() > before.get(pod.uid()).restarts()) {
                        harmed.add(pod.pod() + " restarted");
                    }
                });
        return Finding.of(
                this,
                harmed.isEmpty() ? Verdict.HELD : Verdict.BROKEN,
                harmed.isEmpty() ? "all " + before.size() + " pods stayed as they were" : String.join(", ", harmed));
    }

    @Override
    public String toString() {
        return "no pod restarts for it";
    }
}
