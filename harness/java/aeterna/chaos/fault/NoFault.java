package aeterna.chaos.fault;

import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Witness;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Says that it kills a pod and does nothing: a run with it proves nothing, and has to say so. Tests the harness. */
public final class NoFault implements OneShotFault {
    private final Target target;

    private NoFault(Target target) {
        this.target = target;
    }

    /** Aimed at somebody, as a real one. */
    public static NoFault on(Target target) {
        return new NoFault(target);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.POD_PROCESSES);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var all = testbed.cluster().pods();
        var spared = PodsGone.victims(target.resolve(chance).pods(), all, target);
        var witness = new PodsGone(testbed, spared, all);
        return new Aimed() {
            @Override
            public Injected planned() {
                return new Injected(
                        Hit.of(spared.stream().map(PodStatus::id).toList(), List.of(), List.of()), List.of());
            }

            @Override
            public Witness witness() {
                return witness;
            }

            @Override
            public void inject() {}
        };
    }

    @Override
    public String toString() {
        return "do nothing to " + target;
    }
}
