package aeterna.chaos.cluster;

import aeterna.chaos.model.Place;
import java.util.Map;

/**
 * The processes of machines and pods as the kernel has them, past engine, kubelet and container runtime. Thread-safe.
 *
 * <p>All methods throw {@link aeterna.chaos.model.Problem} when the node is not in the testbed or cannot be looked into.
 */
public interface PodProcesses {
    /** What runs on every node, by its name; nothing runs on one that is off. */
    Map<String, NodeProcesses> look();

    /** How many processes the pod of that uid has on the node, those of its sandbox included. */
    default int count(String node, String podUid) {
        return look().get(node).pod(podUid).processes();
    }

    /** Ends all processes of a pod at once by SIGKILL: no grace, no hook, no goodbye. */
    void kill(String node, String podUid);

    /**
     * Ends all processes of one container of a pod at once by SIGKILL.
     *
     * @param container the container runtime's id
     */
    void killContainer(Place pod, String container);

    /** Stops all processes of a pod, and whatever is started in it meanwhile. */
    void freeze(Place pod);

    /** Continues them; a pod that is not frozen, or not there, is left as it is. */
    void thaw(Place pod);
}
