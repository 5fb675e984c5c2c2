package aeterna.chaos.cluster;

import java.util.Map;

/**
 * What runs on a node at one moment.
 *
 * @param all everything on it, its pods included
 * @param pods by uid
 * @param containers inside pods, by the container runtime's id
 */
public record NodeProcesses(Tally all, Map<String, Tally> pods, Map<String, Tally> containers) {
    /** Nothing at all. */
    public static final NodeProcesses NONE = new NodeProcesses(Tally.NONE, Map.of(), Map.of());

    public NodeProcesses {
        pods = Map.copyOf(pods);
        containers = Map.copyOf(containers);
    }

    /**
     * How many processes there are.
     *
     * @param processes all of them
     * @param held those that stand still because the freezer or a signal holds them
     */
    public record Tally(int processes, int held) {
        /** None. */
        public static final Tally NONE = new Tally(0, 0);

        /** True when there are some and all of them stand still. */
        public boolean frozen() {
            return processes > 0 && held == processes;
        }

        @Override
        public String toString() {
            return processes + " processes" + (held == 0 ? "" : ", " + held + " of them frozen");
        }
    }

    /** That pod's processes. */
    public Tally pod(String uid) {
        return pods.getOrDefault(uid, Tally.NONE);
    }

    /** That container's processes. */
    public Tally container(String id) {
        return containers.getOrDefault(id, Tally.NONE);
    }
}
