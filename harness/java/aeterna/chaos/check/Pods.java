package aeterna.chaos.check;

import aeterna.chaos.model.Entry.PodSeen;
import aeterna.chaos.model.History;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pods that are there at a moment, as far as the API server has told of them by then.
 *
 * @param byUid every one that is not gone
 */
record Pods(Map<String, PodSeen> byUid) {
    /** Those at that moment, what was told at the very moment included. */
    static Pods at(History history, long moment) {
        var pods = new Pods(new LinkedHashMap<>());
        history.all(PodSeen.class).filter(pod -> pod.at() <= moment).forEach(pods::tell);
        return pods;
    }

    /** One change. */
    void tell(PodSeen pod) {
        if (pod.gone()) {
            byUid.remove(pod.uid());
        } else {
            byUid.put(pod.uid(), pod);
        }
    }

    /** Those of a Deployment or StatefulSet. */
    List<PodSeen> of(String workload) {
        return byUid.values().stream()
                .filter(pod -> workload(pod).equals(workload))
                .toList();
    }

    /** Those of it that are Ready. */
    List<PodSeen> ready(String workload) {
        return of(workload).stream().filter(PodSeen::ready).toList();
    }

    /** How many of it are Ready on other nodes than those. */
    int readyOff(Collection<String> nodes, String workload) {
        return (int) ready(workload).stream()
                .filter(pod -> !nodes.contains(pod.node()))
                .count();
    }

    /** The name of the Deployment or StatefulSet that a pod belongs to; a Deployment owns its pods through a ReplicaSet, named after it and a hash. */
    static String workload(PodSeen pod) {
        var name = pod.owner().substring(pod.owner().indexOf('/') + 1);
        return pod.owner().startsWith("ReplicaSet/") ? name.substring(0, Math.max(0, name.lastIndexOf('-'))) : name;
    }
}
