package aeterna.chaos.status;

import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.model.Machine;
import aeterna.chaos.stack.Stack;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What became different from one picture to the next. */
public final class Changes {
    private static final String ABSENT = "not there";

    private Changes() {}

    /**
     * One thing that became different.
     *
     * @param subject such as {@code aeterna-postgres-2} or {@code node-3}
     * @param good whether nothing is wrong with it now
     */
    public record Change(Instant at, String subject, String before, String now, boolean good) {
        @Override
        public String toString() {
            return at.truncatedTo(ChronoUnit.SECONDS) + " " + subject + ": " + before + " -> " + now;
        }
    }

    /** How something is, why, and whether that is as it should be; another reason alone is no change. */
    private record State(String text, String why, boolean good) {
        String whole() {
            return text + (why.isEmpty() ? "" : ": " + why);
        }
    }

    /** What is different in the later picture; nothing of what one of them could not see. */
    public static List<Change> between(Picture before, Picture now) {
        var earlier = states(before);
        var later = states(now);
        var podsSeen = seen(before.pods()) && seen(now.pods());
        var changes = new ArrayList<Change>();
        var subjects = new TreeSet<>(earlier.keySet());
        subjects.addAll(later.keySet());
        for (var subject : subjects) {
            var was = earlier.get(subject);
            var is = later.get(subject);
            if (was == null || is == null) {
                // Only pods come and go; of the others one picture does not know yet.
                if (podsSeen && subject.startsWith(POD)) {
                    changes.add(new Change(
                            now.at(),
                            subject.substring(POD.length()),
                            was == null ? ABSENT : was.text(),
                            is == null ? "gone" : is.whole(),
                            is == null || is.good()));
                }
            } else if (!was.text().equals(is.text())) {
                changes.add(new Change(
                        now.at(), subject.substring(subject.indexOf(' ') + 1), was.text(), is.whole(), is.good()));
            }
        }
        return changes;
    }

    private static final String POD = "pod ";

    private static boolean seen(Seen<?> side) {
        return side.trouble().isEmpty() && side.value().isPresent();
    }

    private static Map<String, State> states(Picture picture) {
        var states = new TreeMap<String, State>();
        if (seen(picture.machines())) {
            for (Machine machine : picture.machines().value().orElseThrow()) {
                states.put(
                        "machine machine " + machine.node(),
                        new State(
                                machine.power().name().toLowerCase(Locale.ROOT)
                                        + (machine.network() == Machine.Network.CUT_OFF ? ", cut off" : ""),
                                "",
                                machine.whole()));
            }
        }
        if (seen(picture.nodes())) {
            for (NodeStatus node : picture.nodes().value().orElseThrow()) {
                states.put(
                        "node " + node.name(),
                        new State(
                                node.ready() ? "Ready" : "NotReady", node.ready() ? "" : node.reason(), node.ready()));
            }
        }
        if (seen(picture.pods())) {
            for (PodStatus pod : picture.podsOf(Stack.NAMESPACE)) {
                var role = picture.role(pod);
                states.put(
                        POD + pod.name(),
                        new State(
                                (role.isEmpty() ? "" : role + ", ") + phase(pod),
                                why(pod),
                                pod.ready() && !pod.terminating()));
            }
        }
        for (var part : picture.parts()) {
            if (seen(part.steady())) {
                var look = part.steady().value().orElseThrow();
                states.put(
                        "component component " + part.id(),
                        new State(
                                look.steady() ? "steady" : "unsteady",
                                look.steady() ? "" : look.seen(),
                                look.steady()));
            }
        }
        return states;
    }

    /** How a pod is, in one line. */
    static String state(PodStatus pod) {
        return phase(pod) + (why(pod).isEmpty() ? "" : ": " + why(pod));
    }

    private static String phase(PodStatus pod) {
        return pod.terminating()
                ? "terminating"
                : pod.node().isEmpty() ? "pending" : pod.ready() ? "ready" : "not ready";
    }

    private static String why(PodStatus pod) {
        return pod.ready() ? "" : pod.trouble();
    }
}
