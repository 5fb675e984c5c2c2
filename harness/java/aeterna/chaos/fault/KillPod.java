package aeterna.chaos.fault;

import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Witness;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A pod dies. Gracefully: it is deleted, with its hooks and its own time to say goodbye. Abruptly: all its processes are
 * killed at once on its machine, then its object is removed.
 *
 * <p>Removing the object alone, even with no grace, would not be abrupt: the kubelet that learns of it still runs hooks and
 * sends SIGTERM first, and a database would hand over in good order.
 */
public final class KillPod implements OneShotFault {
    private final Target target;
    private final Loss loss;

    private KillPod(Target target, Loss loss) {
        this.target = target;
        this.loss = loss;
    }

    /** Who dies; say how. */
    public static How of(Target target) {
        return new How(target);
    }

    /** The ways to die. */
    public record How(Target target) {
        /** As {@code kubectl delete pod} and evictions do it. */
        public KillPod gracefully() {
            return new KillPod(target, Loss.ANNOUNCED);
        }

        /** As a crash or the kernel's memory killer does it. */
        public KillPod abruptly() {
            return new KillPod(target, Loss.ABRUPT);
        }
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.POD_PROCESSES);
    }

    @Override
    public Optional<Floor> floor() {
        return target.floor(loss);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var hit = target.resolve(chance).pods();
        var all = testbed.cluster().pods();
        var victims = PodsGone.victims(hit, all, target);
        return new Aim(testbed, victims, new PodsGone(testbed, victims, all), loss == Loss.ABRUPT);
    }

    @Override
    public String toString() {
        return "kill the pod of " + target + (loss == Loss.ABRUPT ? " abruptly" : " gracefully");
    }

    private record Aim(Testbed testbed, List<PodStatus> victims, Witness witness, boolean abrupt) implements Aimed {
        @Override
        public Injected planned() {
            return new Injected(Hit.of(victims.stream().map(PodStatus::id).toList(), List.of(), List.of()), List.of());
        }

        @Override
        public void inject() {
            for (var victim : victims) {
                if (abrupt) {
                    testbed.podProcesses().kill(victim.node(), victim.uid());
                }
                testbed.cluster()
                        .deletePod(
                                victim.namespace(),
                                victim.name(),
                                victim.uid(),
                                abrupt ? Optional.of(Duration.ZERO) : Optional.empty());
            }
        }
    }
}
