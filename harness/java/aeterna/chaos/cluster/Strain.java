package aeterna.chaos.cluster;

import java.util.Collection;
import java.util.Map;

/**
 * What machines use, and using up what one of them has. Thread-safe.
 *
 * <p>All methods throw {@link aeterna.chaos.model.Problem} when a node is not there or does not run.
 */
public interface Strain {
    /**
     * Keeps threads of every node busy until ended, and limits each node as a whole, so that only that node starves.
     *
     * @param tag what names the act
     * @param threads how many never rest, at least 1
     * @param millicores what the node may use in all, in thousandths of a processor, at least 50
     */
    void burn(String tag, Collection<String> nodes, int threads, int millicores);

    /** Keeps that much memory of every node in use until ended. */
    void hoard(String tag, Collection<String> nodes, int mebibytes);

    /** Ends what was started under that tag and lifts those nodes' limits; nothing there is fine. */
    void end(String tag, Collection<String> nodes);

    /** What every node that runs uses, by its name, as the kernel counts it. */
    Map<String, NodeLoad> look();
}
