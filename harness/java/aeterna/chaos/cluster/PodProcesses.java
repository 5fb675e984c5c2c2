package aeterna.chaos.cluster;

/**
 * The processes of pods as their machines have them, seen and killed past kubelet and container runtime. Thread-safe.
 *
 * <p>All methods throw {@link aeterna.chaos.model.Problem} when the node is not in the testbed or cannot be looked into.
 */
public interface PodProcesses {
    /** How many processes the pod of that uid has on the node, those of its sandbox included. */
    int count(String node, String podUid);

    /** Ends all of them at once by SIGKILL: no grace, no hook, no goodbye. */
    void kill(String node, String podUid);
}
