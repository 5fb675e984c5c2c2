package aeterna.chaos.fault;

import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Target;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Somebody empties a table of a PostgreSQL database by mistake: it is done in good order, and replicated at once to everybody who could
 * take over. Only a backup has what was in it.
 */
public final class TruncateTable implements OneShotFault {
    private final Target target;
    private final String database;
    private final String table;

    private TruncateTable(Target target, String database, String table) {
        this.target = target;
        this.database = database;
        this.table = table;
    }

    /**
     * A table, by way of the instance that takes writes.
     *
     * @param table its name, made of letters, digits and underscores
     * @throws IllegalArgumentException when it is not
     */
    public static TruncateTable of(Target primary, String database, String table) {
        if (!table.matches("[a-z_][a-z0-9_]*")) {
            throw new IllegalArgumentException("'" + table + "' is no plain name of a table");
        }
        return new TruncateTable(primary, database, table);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of();
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var all = testbed.cluster().pods();
        var victims = PodsGone.victims(target.resolve(chance).pods(), all, target);
        var instances = all.stream()
                .filter(pod -> pod.ready()
                        && victims.stream().anyMatch(victim -> victim.owner().equals(pod.owner())))
                .toList();
        var before = new TreeMap<String, String>();
        instances.forEach(pod -> before.put(pod.id(), file(testbed, pod)));
        return new Plan(
                new Injected(Hit.of(Machinery.ids(victims), List.of(), List.of()), List.of()),
                () -> sight(testbed, instances, before),
                () -> victims.forEach(victim -> ask(testbed, victim, "truncate " + table)));
    }

    /** By the number of the table's file, which a truncation changes, as every instance that replicates it has it. */
    private Sighting sight(Testbed testbed, List<PodStatus> instances, Map<String, String> before) {
        var emptied = instances.stream()
                .filter(pod -> !file(testbed, pod).equals(before.get(pod.id())))
                .map(PodStatus::id)
                .toList();
        return Struck.compare(
                Machinery.ids(instances), emptied, table + " is in another file on " + Struck.some(emptied));
    }

    private String file(Testbed testbed, PodStatus pod) {
        return ask(testbed, pod, "select pg_relation_filenode('" + table + "')");
    }

    private String ask(Testbed testbed, PodStatus pod, String sql) {
        return testbed.cluster()
                .exec(pod.namespace(), pod.name(), "psql", "-U", "postgres", "-d", database, "-XAtc", sql)
                .strip();
    }

    @Override
    public String toString() {
        return "truncate the table " + table + " by way of " + target;
    }
}
