package aeterna.chaos.stack;

import aeterna.chaos.client.RestoredCopy;
import aeterna.chaos.client.SqlEntrance;
import aeterna.chaos.cluster.Cluster;
import java.util.Map;
import java.util.TreeMap;

/** A database as it was at a time, restored from the archive into a pod of its own; closing it removes the pod. */
public final class RestoredDatabase implements RestoredCopy {
    private static final String DATABASE = "aeterna";

    private final Cluster cluster;
    private final String namespace;
    private final String pod;
    private final Runnable removal;

    RestoredDatabase(Cluster cluster, String namespace, String pod, Runnable removal) {
        this.cluster = cluster;
        this.namespace = namespace;
        this.pod = pod;
        this.removal = removal;
    }

    /**
     * What it answers its superuser: a line for each row, fields separated by {@code |}.
     *
     * @throws aeterna.chaos.model.Problem when it refuses the statement or does not answer
     */
    public String ask(String sql) {
        return cluster.exec(namespace, pod, "psql", "-U", "postgres", "-d", DATABASE, "-XAtc", sql);
    }

    /** Every key that an {@link SqlEntrance} wrote and that begins with the prefix, and how often it is there. */
    @Override
    public Map<String, Integer> kept(String prefix) {
        var keys = new TreeMap<String, Integer>();
        ask("select count(*), key from " + SqlEntrance.TABLE + " where starts_with(key, '" + prefix.replace("'", "''")
                        + "') group by key")
                .lines()
                .filter(line -> !line.isBlank())
                .forEach(line -> {
                    var bar = line.indexOf('|');
                    keys.put(line.substring(bar + 1), Integer.parseInt(line.substring(0, bar)));
                });
        return keys;
    }

    @Override
    public void close() {
        removal.run();
    }

    @Override
    public String toString() {
        return pod;
    }
}
