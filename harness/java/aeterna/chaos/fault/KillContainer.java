package aeterna.chaos.fault;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Target;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** All processes of one container are killed at once; the pod stays, and its kubelet starts the container again. */
public final class KillContainer implements OneShotFault {
    private final Target target;
    private final String container;

    private KillContainer(Target target, String container) {
        this.target = target;
        this.container = container;
    }

    /**
     * That container in those pods.
     *
     * @param container its name in the pod's specification
     */
    public static KillContainer of(Target target, String container) {
        return new KillContainer(target, container);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.POD_PROCESSES);
    }

    @Override
    public Optional<Floor> floor() {
        return target.floor(Loss.ABRUPT);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var all = testbed.cluster().pods();
        var victims = PodsGone.victims(target.resolve(chance).pods(), all, target);
        var doomed = new TreeMap<String, String>();
        var siblings = new TreeMap<String, String>();
        for (var victim : victims) {
            var parts = testbed.cluster()
                    .parts(victim.namespace(), victim.name())
                    .orElseThrow(() -> new Problem(victim.id() + " is gone", "Run it again once the stack is steady."));
            var id = parts.containers().get(container);
            if (id == null) {
                throw new Problem(
                        victim.id() + " runs no container '" + container + "'",
                        "Name one of " + String.join(", ", parts.containers().keySet()) + ".");
            }
            doomed.put(victim.id(), id);
            parts.containers().forEach((name, other) -> {
                if (!name.equals(container)) {
                    siblings.put(victim.id() + "/" + name, other);
                }
            });
        }
        var before = new RestartsSince(testbed, victims, all);
        return new Plan(
                new Injected(Hit.of(Machinery.ids(victims), List.of(), List.of()), List.of()),
                () -> sight(testbed, doomed, siblings, before),
                () -> victims.forEach(victim ->
                        testbed.podProcesses().killContainer(Machinery.place(victim), doomed.get(victim.id()))));
    }

    /** By the container runtime's id, which no restart keeps: no process of it is left on any node. */
    private static Sighting sight(
            Testbed testbed, Map<String, String> doomed, Map<String, String> siblings, RestartsSince before) {
        var running = new HashSet<String>();
        testbed.podProcesses()
                .look()
                .values()
                .forEach(node -> running.addAll(node.containers().keySet()));
        var gone = new HashSet<String>();
        doomed.forEach((pod, id) -> {
            if (!running.contains(id)) {
                gone.add(pod);
            }
        });
        siblings.forEach((name, id) -> {
            if (!running.contains(id)) {
                gone.add(name);
            }
        });
        var evidence = elsewhere(before, gone);
        return Struck.compare(
                doomed.keySet(),
                gone,
                "no process of the container's old id is left in " + Struck.some(gone) + evidence);
    }

    /** Adds who else restarted, as far as the API server can be asked: it may be away itself, and no process says so. */
    private static String elsewhere(RestartsSince before, Set<String> gone) {
        try {
            gone.addAll(before.elsewhere());
            return "";
        } catch (RuntimeException silent) {
            return "; who else restarted is not known: " + silent.getMessage();
        }
    }

    @Override
    public String toString() {
        return "kill the container " + container + " of " + target;
    }
}
