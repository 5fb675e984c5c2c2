package aeterna.chaos.cluster;

import aeterna.chaos.model.Progress;
import java.util.Optional;

/**
 * Makes, finds again and removes a testbed.
 *
 * <p>All methods throw {@link aeterna.chaos.model.Problem} for what the user must put right: engine gone, port taken,
 * foreign containers of the same name, disk full.
 */
public interface Provider {
    /** The provider's name, as in reports. */
    String name();

    /**
     * Keeps every other process of this machine from changing the testbed until closed; refuses when one does just now,
     * and waits for one that undoes what a killed process left.
     */
    default Reservation reserve(String testbed) {
        return reserve(testbed, Purpose.WORK);
    }

    /** The same, saying what for. */
    Reservation reserve(String testbed, Purpose purpose);

    /** The testbed of that name in whatever state it is, broken machines included; empty when there is none. */
    Optional<Testbed> find(String testbed);

    /**
     * The warm testbed if there is one that was made to the same request, healed of what an earlier run left broken; else
     * a new one. It returns when all nodes are Ready and the add-ons run. What is left of another or half-made testbed of
     * the name is removed first.
     */
    Testbed up(TestbedRequest request, Progress progress);

    /** Removes everything the harness made under that name, and nothing else. */
    Removed down(String testbed);

    /** What a testbed is kept for. */
    enum Purpose {
        /** Whatever takes as long as it takes: others are refused meanwhile. */
        WORK,
        /** Undoing what a killed process left, a matter of seconds: others wait for that. */
        UNDO
    }

    /** A testbed kept for one process. */
    interface Reservation extends AutoCloseable {
        @Override
        void close();
    }

    /** How much was removed. */
    record Removed(int containers, int networks) {
        /** True when there was nothing to remove. */
        public boolean nothing() {
            return containers == 0 && networks == 0;
        }
    }
}
