package aeterna.chaos.fault;

import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Undo;
import aeterna.chaos.model.Witness;
import aeterna.chaos.model.Words;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The standbys' machines are cut off, a little later the primary's machine loses its power, and at once the standbys are back:
 * what the primary acknowledged in between is on its disk alone. Replication that waits for a standby acknowledges
 * nothing in that time; replication that does not, loses it.
 */
public final class PowerOffWithStandbysBehind implements HeldFault {
    private final Target primary;
    private final Target standbys;
    private final Duration behind;
    private final Timekeeper time;

    /**
     * @param primary whose machine loses its power
     * @param standbys whose machines are cut off before that
     * @param behind for how long; more than zero, and less than it takes to give a silent node up
     */
    public PowerOffWithStandbysBehind(Target primary, Target standbys, Duration behind, Timekeeper time) {
        this.primary = primary;
        this.standbys = standbys;
        this.behind = behind;
        this.time = time;
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.MACHINE_POWER, Capability.MACHINE_NETWORK);
    }

    @Override
    public Optional<Floor> floor() {
        return primary.floor(Loss.SILENT);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var all = testbed.cluster().pods();
        var victims = PodsGone.victims(primary.resolve(chance).pods(), all, primary);
        var off = nodes(victims);
        var cutOff = nodes(PodsGone.victims(standbys.resolve(chance).pods(), all, standbys));
        if (cutOff.stream().anyMatch(off::contains)) {
            throw new Problem(
                    primary + " and one of " + standbys + " are on the same machine",
                    "Use a topology with a node for each of them.");
        }
        return new Aim(testbed, victims, off, cutOff, new NodesDown(testbed, off));
    }

    private static NavigableSet<String> nodes(List<PodStatus> pods) {
        return pods.stream().map(PodStatus::node).collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public String toString() {
        return "power off the machine of " + primary + " with " + standbys + " cut off for the last " + Words.of(behind)
                + " before";
    }

    private final class Aim implements Aimed {
        private final Testbed testbed;
        private final List<PodStatus> victims;
        private final NavigableSet<String> off;
        private final NavigableSet<String> cutOff;
        private final Witness witness;

        Aim(
                Testbed testbed,
                List<PodStatus> victims,
                NavigableSet<String> off,
                NavigableSet<String> cutOff,
                Witness witness) {
            this.testbed = testbed;
            this.victims = victims;
            this.off = off;
            this.cutOff = cutOff;
            this.witness = witness;
        }

        @Override
        public Injected planned() {
            var touched = new TreeSet<>(off);
            touched.addAll(cutOff);
            return new Injected(
                    Hit.of(victims.stream().map(PodStatus::id).toList(), touched, List.of()),
                    List.of(new Undo.Reconnect(cutOff), new Undo.PowerOn(off)));
        }

        @Override
        public Witness witness() {
            return witness;
        }

        @Override
        public void inject() throws InterruptedException {
            testbed.machines().cutOff(cutOff);
            time.pause(behind);
            testbed.machines().powerOff(off);
            testbed.machines().reconnect(cutOff);
        }
    }

    /** Sees by their leases, which the API server watches and no engine touches, that exactly these nodes are away. */
    private record NodesDown(Testbed testbed, NavigableSet<String> nodes) implements Witness {
        @Override
        public Sighting look() {
            var away = testbed.cluster().nodes().stream()
                    .filter(node -> !node.ready())
                    .map(NodeStatus::name)
                    .collect(Collectors.toCollection(TreeSet::new));
            var others = new TreeSet<>(away);
            others.removeAll(nodes);
            if (!others.isEmpty()) {
                return new Sighting(Seen.ELSEWHERE, others + " not ready, and were not to lose their power");
            }
            var seen = away.isEmpty() ? Seen.NOTHING : away.equals(nodes) ? Seen.LANDED : Seen.PARTLY;
            return new Sighting(seen, away.isEmpty() ? "all nodes are ready" : away + " not ready");
        }
    }
}
