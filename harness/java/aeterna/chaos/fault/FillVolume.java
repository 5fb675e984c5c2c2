package aeterna.chaos.fault;

import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A volume of a pod is full to the last block. Only for a volume with a file system of its own: where volumes are folders of
 * the node's disk, filling one would fill the machine, and the run is not applicable.
 */
public final class FillVolume implements HeldFault {
    /** A larger file system is refused: it is somebody's real disk. */
    private static final long LARGEST = 8L << 30;

    /** A file system keeps a few blocks to itself. */
    private static final long FULL = 1L << 20;

    private final Target target;
    private final String path;

    private FillVolume(Target target, String path) {
        this.target = target;
        this.path = path;
    }

    /**
     * The volume of those pods.
     *
     * @param path where it is mounted in them
     */
    public static FillVolume of(Target target, String path) {
        return new FillVolume(target, path);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.VOLUMES);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var all = testbed.cluster().pods();
        var victims = PodsGone.victims(target.resolve(chance).pods(), all, target);
        for (var victim : victims) {
            var room = testbed.volumes().look(Machinery.place(victim), path);
            if (!room.own() || room.totalBytes() > LARGEST) {
                throw new Problem(
                        "not applicable: " + path + " of " + victim.id() + " is on a file system of "
                                + (room.totalBytes() >> 20) + " MiB "
                                + (room.own() ? "of its own" : "that its node is on as well"),
                        "Filling it would fill the machine. Give the volume a file system of its own, of at most "
                                + (LARGEST >> 20) + " MiB.");
            }
        }
        var siblings = all.stream()
                .filter(pod -> !victims.contains(pod)
                        && !pod.terminating()
                        && !pod.node().isEmpty())
                .filter(pod -> victims.stream()
                        .anyMatch(victim -> !victim.owner().isEmpty()
                                && victim.owner().equals(pod.owner())
                                && victim.namespace().equals(pod.namespace())))
                .toList();
        return new Plan(
                new Injected(
                        Hit.of(Machinery.ids(victims), List.of(), List.of()),
                        victims.stream()
                                .<Undo>map(victim -> new Undo.EmptyVolume(Machinery.place(victim), path))
                                .toList()),
                () -> sight(testbed, victims, siblings),
                () -> victims.forEach(victim -> testbed.volumes().fill(Machinery.place(victim), path, LARGEST)));
    }

    /** By what the file system itself says is left, on the victims' volumes and on those of their siblings. */
    private Sighting sight(Testbed testbed, List<PodStatus> victims, List<PodStatus> siblings) {
        var looked = new ArrayList<>(victims);
        looked.addAll(siblings);
        var full = looked.stream()
                .filter(pod ->
                        testbed.volumes().look(Machinery.place(pod), path).freeBytes() < FULL)
                .map(PodStatus::id)
                .toList();
        return Struck.compare(Machinery.ids(victims), full, "nothing more fits on the volume of " + Struck.some(full));
    }

    @Override
    public String toString() {
        return "fill " + path + " of " + target;
    }
}
