package aeterna.chaos.fault;

import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The bystanders of a fault: the other pods in its victims' namespaces, as they were. */
final class RestartsSince {
    private final Testbed testbed;
    private final List<PodStatus> bystanders;

    RestartsSince(Testbed testbed, Collection<PodStatus> victims, Collection<PodStatus> all) {
        this.testbed = testbed;
        var namespaces = victims.stream().map(PodStatus::namespace).collect(Collectors.toSet());
        bystanders = all.stream()
                .filter(pod -> namespaces.contains(pod.namespace()))
                .filter(pod -> !pod.terminating() && !victims.contains(pod))
                .toList();
    }

    /** Those that went or restarted since, although nobody aimed at them. */
    List<String> elsewhere() {
        var now = testbed.cluster().pods().stream().collect(Collectors.toMap(PodStatus::uid, Function.identity()));
        return bystanders.stream()
                .filter(pod -> !now.containsKey(pod.uid())
                        || now.get(pod.uid()).terminating()
                        || now.get(pod.uid()).restarts() > pod.restarts())
                .map(PodStatus::id)
                .toList();
    }
}
