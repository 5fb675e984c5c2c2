package aeterna.chaos.cluster;

/**
 * How far a Deployment or StatefulSet is with what was asked of it.
 *
 * @param kind {@code Deployment} or {@code StatefulSet}
 * @param name its name
 * @param wanted how many pods it shall have
 * @param existing how many it has, surplus ones of an update included
 * @param updated how many of them are of its newest template
 * @param ready how many of them are Ready
 * @param observed true when its controller has read its newest specification: before that, the other numbers are of yesterday
 */
public record Rollout(String kind, String name, int wanted, int existing, int updated, int ready, boolean observed) {
    /** True when every pod is there, new, Ready and alone. */
    public boolean complete() {
        return observed && existing == wanted && updated == wanted && ready == wanted;
    }

    @Override
    public String toString() {
        return name + ": " + ready + " of " + wanted + " ready"
                + (updated == wanted ? "" : ", " + updated + " updated")
                + (existing == wanted ? "" : ", " + existing + " exist")
                + (observed ? "" : ", its newest specification not yet read");
    }
}
