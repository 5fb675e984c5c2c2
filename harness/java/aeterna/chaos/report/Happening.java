package aeterna.chaos.report;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Op;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Something that changed, beside the clients' requests: what the timeline marks and its table tells.
 *
 * @param at on the run's monotonic clock
 * @param mark how the timeline shows it
 * @param source who says so
 * @param subject whom it is about
 * @param what in one line
 */
record Happening(long at, Mark mark, String source, String subject, String what) {
    /** The timeline's symbols. */
    enum Mark {
        GONE,
        READY,
        UNREADY,
        ROLE,
        RUNNER,
        OTHER
    }

    /** Everything that changed, in order; what was there from the beginning is no change. */
    static List<Happening> of(History history) {
        var happenings = new ArrayList<Happening>();
        Map<String, Entry.PodSeen> pods = new HashMap<>();
        Map<String, String> last = new HashMap<>();
        var from = history.injectedAt().orElse(Long.MAX_VALUE);
        history.all(Entry.Timed.class).forEach(entry -> {
            if (entry instanceof Entry.PodSeen pod) {
                var before = pods.put(pod.pod(), pod);
                if (before != null || pod.at() > from) {
                    changed(before, pod, happenings);
                }
            } else if (entry instanceof Entry.Observed seen) {
                var role = seen.source().equals("lease") || seen.source().equals("role");
                happenings.add(new Happening(
                        seen.at(), role ? Mark.ROLE : Mark.OTHER, seen.source(), seen.subject(), seen.what()));
            } else if (entry instanceof Entry.RouteSeen route) {
                var what = route.ready().isEmpty() ? "no pod gets traffic" : String.join(", ", route.ready());
                if (last.put("route " + route.service(), what) != null) {
                    happenings.add(new Happening(route.at(), Mark.OTHER, "endpoints", route.service(), what));
                }
            } else if (entry instanceof Entry.LockSeen lock) {
                var what = lock.holder().isEmpty() ? "held by nobody" : "held by " + lock.holder();
                var before = last.put("lock " + lock.lock(), what);
                if (before != null && !before.equals(what)) {
                    happenings.add(new Happening(lock.at(), Mark.ROLE, "lease", lock.lock(), what));
                }
            } else if (entry instanceof Entry.Looked look) {
                // The same look again and again is no news; its wording may count seconds.
                if (!(look.check() + look.steady()).equals(last.put("look", look.check() + look.steady()))) {
                    var what = look.steady() ? "holds" : look.seen();
                    happenings.add(new Happening(look.at(), Mark.RUNNER, "steady check", look.check(), what));
                }
            } else if (entry instanceof Entry.Sighted sighted) {
                var what = sighted.sighting().toString();
                if (!what.equals(last.put("sighting", what))) {
                    happenings.add(new Happening(sighted.at(), Mark.RUNNER, "witness", "", what));
                }
            } else if (entry instanceof Entry.Injecting act) {
                happenings.add(
                        runner(act.at(), "the act begins: " + history.began().fault()));
            } else if (entry instanceof Entry.InjectionDone done) {
                happenings.add(runner(done.at(), "the act is done"));
            } else if (entry instanceof Entry.Served served) {
                happenings.add(runner(served.at(), "every client had been served for its settled window"));
            } else if (entry instanceof Entry.Healed healed) {
                happenings.add(runner(healed.at(), "healed: the undo was carried out"));
            } else if (entry instanceof Entry.Redundant redundant) {
                happenings.add(runner(redundant.at(), "redundant: every steady check holds again"));
            } else if (entry instanceof Entry.Trouble trouble) {
                happenings.add(new Happening(trouble.at(), Mark.RUNNER, "trouble", trouble.where(), trouble.what()));
            } else if (entry instanceof Entry.Voided voided) {
                happenings.add(runner(voided.at(), "void: " + voided.because()));
            }
        });
        happenings.addAll(primaries(history));
        happenings.sort(Comparator.comparingLong(Happening::at));
        return happenings;
    }

    /** Who acknowledges writes, as often as that changes: told by the acknowledgements themselves. */
    private static List<Happening> primaries(History history) {
        var happenings = new ArrayList<Happening>();
        var telling = history.all(Op.class)
                .filter(op -> op.acknowledged() && !op.instance().isEmpty() && op.timeline() > 0)
                .sorted(Comparator.comparingLong(Op::ended))
                .toList();
        for (var i = 0; i < telling.size(); i++) {
            var op = telling.get(i);
            var before = i == 0 ? null : telling.get(i - 1);
            if (before == null || !before.instance().equals(op.instance()) || before.timeline() != op.timeline()) {
                var what = "acknowledges writes, on timeline " + op.timeline();
                happenings.add(new Happening(op.ended(), Mark.ROLE, "clients", op.instance(), what));
            }
        }
        return happenings;
    }

    private static Happening runner(long at, String what) {
        return new Happening(at, Mark.RUNNER, "runner", "", what);
    }

    private static void changed(Entry.PodSeen before, Entry.PodSeen pod, List<Happening> happenings) {
        var where = pod.node().isEmpty() ? "" : " on " + pod.node();
        if (pod.gone()) {
            if (before == null || !before.gone() || !before.uid().equals(pod.uid())) {
                happenings.add(pod(pod, Mark.GONE, "terminating or gone" + where));
            }
            return;
        }
        if (before == null || !before.uid().equals(pod.uid())) {
            happenings.add(pod(
                    pod,
                    pod.ready() ? Mark.READY : Mark.UNREADY,
                    "a new pod" + where + (pod.ready() ? ", Ready" : ", not Ready")));
            return;
        }
        if (pod.restarts() > before.restarts()) {
            happenings.add(pod(pod, Mark.UNREADY, "restarted, " + pod.restarts() + " in all"));
        }
        if (pod.ready() != before.ready()) {
            happenings.add(
                    pod(pod, pod.ready() ? Mark.READY : Mark.UNREADY, (pod.ready() ? "Ready" : "not Ready") + where));
        } else if (!pod.node().equals(before.node())) {
            happenings.add(pod(pod, Mark.OTHER, "scheduled" + where));
        }
    }

    private static Happening pod(Entry.PodSeen pod, Mark mark, String what) {
        return new Happening(pod.at(), mark, "pod", pod.pod(), what);
    }
}
