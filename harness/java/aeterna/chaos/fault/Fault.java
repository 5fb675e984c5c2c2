package aeterna.chaos.fault;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Floor;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A way to break things: a small value whose {@code toString} is the report's line, such as {@code kill the pod of the
 * PostgreSQL primary abruptly}. It is either a {@link OneShotFault} or a {@link HeldFault}.
 */
public interface Fault {
    /** What the testbed must let it do; a missing one makes the run VOID and is named. */
    Set<Capability> requires();

    /**
     * Resolves the target and prepares the act and its witness; touches nothing.
     *
     * @param chance where any choice comes from
     * @throws aeterna.chaos.model.Problem when the target does not exist, is ambiguous or is already damaged
     */
    Aimed aim(Testbed testbed, RandomGenerator chance);

    /** The fastest recovery from it that the live timers allow; usually what its target says. */
    default Optional<Floor> floor() {
        return Optional.empty();
    }
}
