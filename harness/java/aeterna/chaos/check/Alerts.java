package aeterna.chaos.check;

import aeterna.chaos.model.Entry.Observed;
import aeterna.chaos.model.History;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalLong;

/**
 * The alerts of a run, as their watcher wrote them down.
 *
 * @param all each time that one fired, in order
 */
record Alerts(List<Firing> all) {
    /**
     * One alert, once.
     *
     * @param name its rule
     * @param what its labels
     * @param from when it was first seen
     * @param to when it was seen no more; empty when it still fired at the end
     */
    record Firing(String name, String what, long from, OptionalLong to) {}

    static Alerts of(History history) {
        var open = new HashMap<String, Observed>();
        var all = new ArrayList<Firing>();
        history.all(Observed.class)
                .filter(seen -> seen.source().equals("alert"))
                .forEach(seen -> {
                    var labels = seen.what().substring(seen.what().indexOf(' ') + 1);
                    var key = seen.subject() + " " + labels;
                    if (seen.what().startsWith("fires ")) {
                        open.putIfAbsent(key, seen);
                    } else if (open.containsKey(key)) {
                        all.add(new Firing(
                                seen.subject(), labels, open.remove(key).at(), OptionalLong.of(seen.at())));
                    }
                });
        open.values()
                .forEach(seen -> all.add(new Firing(
                        seen.subject(),
                        seen.what().substring(seen.what().indexOf(' ') + 1),
                        seen.at(),
                        OptionalLong.empty())));
        return new Alerts(all);
    }

    /** True when the watcher said that it had an answer: without one, silence means nothing. */
    static boolean watched(History history) {
        return history.all(Observed.class).anyMatch(seen -> seen.source().equals("alerts"));
    }
}
