package aeterna.chaos.fault;

import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.Witness;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Sees that exactly these pods are gone: the API server has them no more or is rid of them, and their machines run no
 * process of theirs any more. The second is what no API object can pretend.
 */
final class PodsGone implements Witness {
    private final Testbed testbed;
    private final List<PodStatus> victims;
    private final RestartsSince bystanders;

    /** Remembers who is there now, next to the victims. */
    PodsGone(Testbed testbed, List<PodStatus> victims, List<PodStatus> all) {
        this.testbed = testbed;
        this.victims = List.copyOf(victims);
        bystanders = new RestartsSince(testbed, victims, all);
    }

    @Override
    public Sighting look() {
        var now = testbed.cluster().pods().stream().collect(Collectors.toMap(PodStatus::uid, Function.identity()));
        var harmed = bystanders.elsewhere();
        if (!harmed.isEmpty()) {
            return new Sighting(
                    Seen.ELSEWHERE, String.join(" and ", harmed) + " went or restarted, and was not aimed at");
        }
        var evidence = new ArrayList<String>();
        var traces = 0;
        var gone = 0;
        for (var victim : victims) {
            var dismissed = dismissed(victim, now);
            var processes = testbed.podProcesses().count(victim.node(), victim.uid());
            traces += dismissed || processes == 0 ? 1 : 0;
            gone += dismissed && processes == 0 ? 1 : 0;
            evidence.add(victim.id() + " (uid " + victim.uid() + ") " + (dismissed ? "is gone" : "is there")
                    + " and has " + processes + " processes on " + victim.node());
        }
        var seen = gone == victims.size() ? Seen.LANDED : traces == 0 ? Seen.NOTHING : Seen.PARTLY;
        return new Sighting(seen, String.join("; ", evidence));
    }

    private static boolean dismissed(PodStatus victim, Map<String, PodStatus> now) {
        return !now.containsKey(victim.uid()) || now.get(victim.uid()).terminating();
    }

    /** The pods of these names, all of them on a machine; throws a problem for one that is not there or going already. */
    static List<PodStatus> victims(Set<String> ids, List<PodStatus> all, Object target) {
        if (ids.isEmpty()) {
            throw new Problem(target + " resolves to no pod", "Aim at something that runs in pods.");
        }
        return ids.stream()
                .map(id -> all.stream()
                        .filter(pod -> pod.id().equals(id)
                                && !pod.terminating()
                                && !pod.node().isEmpty())
                        .findFirst()
                        .orElseThrow(() -> new Problem(
                                target + " was " + id + ", which is not running any more",
                                "Run it again once the stack is steady.")))
                .toList();
    }
}
