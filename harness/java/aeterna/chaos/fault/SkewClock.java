package aeterna.chaos.fault;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A node's wall clock is wrong. Containers share the clock of the machine below, and time namespaces leave the wall clock
 * alone: with such nodes the run is not applicable, and no testbed of ours has others yet.
 */
public final class SkewClock implements HeldFault {
    private final Target target;
    private final Duration ahead;

    private SkewClock(Target target, Duration ahead) {
        this.target = target;
        this.ahead = ahead;
    }

    /**
     * That node's clock.
     *
     * @param ahead by how much it is fast; negative for slow, not zero
     * @throws IllegalArgumentException when it is zero
     */
    public static SkewClock of(Target target, Duration ahead) {
        if (ahead.isZero()) {
            throw new IllegalArgumentException("a clock that is right is no fault");
        }
        return new SkewClock(target, ahead);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.MACHINE_CLOCK);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        throw new Problem(
                "not applicable: the clocks of testbed " + testbed.name() + " cannot be changed",
                "Use nodes that are machines with clocks of their own.");
    }

    @Override
    public String toString() {
        return "set the clock of " + target + " " + Words.of(ahead.abs()) + (ahead.isNegative() ? " back" : " ahead");
    }
}
