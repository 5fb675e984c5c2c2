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
     * The warm testbed of that request, or empty when there is none that is whole and made to the same request.
     */
    Optional<Testbed> find(TestbedRequest request);

    /** The warm testbed if there is one; else a new one, whose nodes are all Ready and whose add-ons run. What is left of an older or half-made one is removed first. */
    Testbed up(TestbedRequest request, Progress progress);

    /** Removes everything the harness made under that name, and nothing else; returns how many containers, networks and volumes that were. */
    int down(String testbedName);
}
