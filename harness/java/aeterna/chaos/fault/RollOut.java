package aeterna.chaos.fault;

import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Target;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * A Deployment gets a new revision: every pod of it is replaced, as fast as its strategy allows. Landed when none of the old ones is
 * left; that takes as long as new ones take to be Ready.
 */
public final class RollOut implements OneShotFault {
    private final Target target;

    private RollOut(Target target) {
        this.target = target;
    }

    /** Of the Deployment that those pods belong to. */
    public static RollOut of(Target pods) {
        return new RollOut(pods);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.POD_PROCESSES);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var one = Machinery.pods(testbed, target, chance).get(0);
        if (!one.owner().startsWith("ReplicaSet/")) {
            throw new Problem(one.id() + " belongs to no Deployment", "Aim at pods of one.");
        }
        var victims = testbed.cluster().pods().stream()
                .filter(pod -> pod.namespace().equals(one.namespace())
                        && pod.workload().equals(one.workload()))
                .filter(pod -> !pod.terminating() && !pod.node().isEmpty())
                .toList();
        return new Plan(
                new Injected(Hit.of(Machinery.ids(victims), List.of(), List.of()), List.of()),
                () -> sight(testbed, victims),
                () -> testbed.cluster().restart(one.namespace(), one.workload()));
    }

    /** By the pods' uids, and by the processes that their nodes' kernels still run of them. */
    private static Sighting sight(Testbed testbed, List<PodStatus> victims) {
        var now = testbed.cluster().pods().stream().collect(Collectors.toMap(PodStatus::uid, Function.identity()));
        var gone = victims.stream()
                .filter(pod -> !now.containsKey(pod.uid()) || now.get(pod.uid()).terminating())
                .filter(pod -> testbed.podProcesses().count(pod.node(), pod.uid()) == 0)
                .map(PodStatus::id)
                .toList();
        return Struck.compare(
                Machinery.ids(victims),
                gone,
                gone.size() + " of the " + victims.size() + " pods of the old revision are gone");
    }

    @Override
    public String toString() {
        return "roll out a new revision of " + target;
    }
}
