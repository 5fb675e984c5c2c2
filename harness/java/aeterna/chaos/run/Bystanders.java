package aeterna.chaos.run;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Hit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeSet;

/**
 * The blast radius as it turned out: pods that went or restarted after the act although neither they nor their nodes were
 * to be hit. It may be recovery that took them along, and no defect; but it is never left unsaid.
 */
final class Bystanders {
    private Bystanders() {}

    /** One entry for each of them; empty when the act never began. */
    static List<Entry.Observed> of(History history, long now) {
        var injecting = history.first(Entry.Injecting.class);
        if (injecting.isEmpty()) {
            return List.of();
        }
        var hit = injecting.get().planned().hit();
        var began = injecting.get().at();
        var before = new HashMap<String, Entry.PodSeen>();
        var told = new TreeSet<String>();
        var found = new ArrayList<Entry.Observed>();
        history.all(Entry.PodSeen.class).forEach(seen -> {
            var earlier = seen.at() < began ? before.put(seen.pod(), seen) : before.get(seen.pod());
            if (seen.at() >= began && earlier != null && !aimedAt(hit, earlier)) {
                var what = seen.gone() && seen.uid().equals(earlier.uid())
                        ? "went"
                        : seen.restarts() > earlier.restarts() && seen.uid().equals(earlier.uid()) ? "restarted" : "";
                if (!what.isEmpty() && !earlier.gone() && told.add(seen.pod())) {
                    found.add(new Entry.Observed(
                            now,
                            "blast radius",
                            seen.pod(),
                            what + " on " + earlier.node() + ", and was not aimed at"));
                }
            }
        });
        return found;
    }

    private static boolean aimedAt(Hit hit, Entry.PodSeen pod) {
        return hit.pods().contains(pod.pod()) || hit.nodes().contains(pod.node());
    }
}
