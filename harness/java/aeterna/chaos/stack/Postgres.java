package aeterna.chaos.stack;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.client.SqlEntrance;
import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.model.Evidence;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.SteadyCheck.Look;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Words;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** PostgreSQL under Patroni: one primary, which holds a lock in the Kubernetes API, and standbys that stream from it. */
public final class Postgres implements Component {
    /** Its id everywhere. */
    public static final String ID = "postgres";

    static final List<String> IMAGES = List.of("postgres");

    /** Patroni's scope: the lock, its settings and its other objects are Endpoints of that name. */
    private static final String SCOPE = "aeterna-postgres-rw";

    private static final String ROLE = "cnpg.io/instanceRole";
    private static final JsonMapper JSON = JsonMapper.shared();

    /** One row per standby that is connected: what is really sent and confirmed, whatever anybody's labels say. */
    private static final String STANDBYS =
            "select application_name || ' ' || state || ' ' || coalesce(sync_state, '-') from pg_stat_replication"
                    + " where not pg_is_in_recovery() and application_name like 'aeterna-postgres-%' order by 1";

    /** What Patroni keeps in its own store after the first start, by the profile's names. */
    private static final Map<String, String> LIVE_SETTINGS = new TreeMap<>(Map.of(
            "ttl", "postgres.ttl",
            "loop_wait", "postgres.loopWait",
            "retry_timeout", "postgres.retryTimeout",
            "primary_start_timeout", "postgres.primaryStartTimeout",
            "primary_stop_timeout", "postgres.primaryStopTimeout",
            "synchronous_mode", "postgres.synchronousMode",
            "synchronous_node_count", "postgres.synchronousNodeCount",
            "synchronous_mode_strict", "postgres.synchronousModeStrict",
            "failsafe_mode", "postgres.failsafeMode"));

    private final Cluster cluster;
    private final String namespace;
    private final Selection pods;
    private final SqlEntrance primary;
    private final SqlEntrance replicas;

    /**
     * @param primary the way in to whoever leads
     * @param replicas the way in to the standbys
     */
    Postgres(Cluster cluster, String namespace, SqlEntrance primary, SqlEntrance replicas) {
        this.cluster = cluster;
        this.namespace = namespace;
        this.primary = primary;
        this.replicas = replicas;
        pods = new Selection(
                cluster, namespace, Map.of("cnpg.io/cluster", "aeterna-postgres", "cnpg.io/podRole", "instance"));
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<String> images() {
        return IMAGES;
    }

    @Override
    public List<String> workloads() {
        return List.of("aeterna-postgres");
    }

    @Override
    public List<Entrance> entrances() {
        return List.of(primary, replicas);
    }

    @Override
    public List<SteadyCheck> steady(Profile profile) {
        return List.of(synchronousAs(profile), standbysStreaming(profile.number("postgres.instances") - 1));
    }

    /** By the lock, not by the labels: a dead primary keeps its label. */
    @Override
    public Map<String, String> roles() {
        var holder = holder();
        return pods.pods().stream()
                .collect(Collectors.toMap(
                        PodStatus::name, pod -> holder.equals(Optional.of(pod.name())) ? "primary" : "replica"));
    }

    /** The way in past the pooler, to whoever leads. */
    public Entrance direct() {
        return primary;
    }

    /** The way in for reads that may lag: to the standbys. */
    public Entrance replicas() {
        return replicas;
    }

    /** The pod that holds the leader's lock. */
    public Target primary() {
        return Selection.target("the PostgreSQL primary", chance -> List.of(leader()), this::floor);
    }

    /** Every pod that could take over. */
    public Target standbys() {
        return Selection.target(
                "the PostgreSQL standbys",
                chance -> {
                    var standbys = followers();
                    if (standbys.isEmpty()) {
                        throw new Problem(
                                "no standby of PostgreSQL is Ready", "Look at the pods with `./chaos status`.");
                    }
                    return standbys;
                },
                loss -> Optional.empty());
    }

    /** One of the pods that could take over. */
    public Target anyStandby() {
        return Selection.target(
                "a PostgreSQL standby",
                chance -> {
                    var standbys = followers();
                    if (standbys.isEmpty()) {
                        throw new Problem(
                                "no standby of PostgreSQL is Ready", "Look at the pods with `./chaos status`.");
                    }
                    return List.of(standbys.get(chance.nextInt(standbys.size())));
                },
                loss -> Optional.of(new Floor(List.of())));
    }

    private List<PodStatus> followers() {
        var leader = leader();
        return pods.alive().stream()
                .filter(pod -> !pod.name().equals(leader.name()))
                .toList();
    }

    /** Found by the lock; a label that says otherwise means that the lock is just changing hands. */
    private PodStatus leader() {
        var holder = holder().orElseThrow(() -> new Problem(
                "PostgreSQL has no primary: nobody holds the lock " + namespace + "/" + SCOPE,
                "Wait until one was elected, or look at the instances' logs."));
        var all = pods.pods();
        var leader = all.stream()
                .filter(pod -> pod.name().equals(holder) && pod.ready() && !pod.terminating())
                .findFirst()
                .orElseThrow(() -> new Problem(
                        "the PostgreSQL primary is already damaged: " + holder + " holds the lock and is not Ready",
                        "Wait until another instance was elected."));
        var claimants = all.stream()
                .filter(pod -> "primary".equals(pod.labels().get(ROLE)) && !pod.terminating())
                .map(PodStatus::name)
                .toList();
        if (!claimants.equals(List.of(holder))) {
            throw new Problem(
                    "nobody in particular is the PostgreSQL primary: " + holder
                            + " holds the lock, the role is claimed by "
                            + (claimants.isEmpty() ? "nobody" : String.join(" and ", claimants)),
                    "Wait until the election is over.");
        }
        return leader;
    }

    private Optional<String> holder() {
        return cluster.endpointsAnnotations(namespace, SCOPE)
                .map(annotations -> annotations.getOrDefault("leader", ""))
                .filter(name -> !name.isEmpty());
    }

    private Optional<Floor> floor(Loss loss) {
        if (loss != Loss.SILENT) {
            // Either it gives up its lock itself, or its successor of the same name does, as soon as that finds itself
            // the holder
            // of a lock and without a running database: no timer has to run out.
            return Optional.of(new Floor(List.of()));
        }
        var settings = liveSettings();
        var ttl = Duration.ofSeconds(settings.path("ttl").asInt(30));
        var loopWait = Duration.ofSeconds(settings.path("loop_wait").asInt(10));
        // At best it had renewed its lock a whole loop ago when it fell silent.
        var lock = new Floor.Part(
                "patroni ttl " + Words.of(ttl) + " less one loop_wait of " + Words.of(loopWait), ttl.minus(loopWait));
        return Optional.of(new Floor(List.of(lock)));
    }

    private JsonNode liveSettings() {
        var text = cluster.endpointsAnnotations(namespace, SCOPE + "-config")
                .map(annotations -> annotations.getOrDefault("config", ""))
                .orElse("");
        try {
            return JSON.readTree(text.isEmpty() ? "{}" : text);
        } catch (JacksonException malformed) {
            throw new Problem(
                    "Patroni's settings in " + namespace + "/" + SCOPE + "-config are no JSON: "
                            + malformed.getMessage(),
                    "Deploy the stack anew.",
                    malformed);
        }
    }

    /** That many standbys stream from the primary, by the primary's own account of what it sends them. */
    public SteadyCheck standbysStreaming(int number) {
        return SteadyCheck.named("postgres: " + number + " standbys stream", () -> {
            var leader = leader().name();
            var connected = asSuperuser(leader, STANDBYS)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
            var streaming = connected.stream()
                    .filter(line -> line.contains(" streaming "))
                    .count();
            return new Look(
                    streaming >= number,
                    streaming + " of " + number + " stream from " + leader
                            + (connected.isEmpty() ? "" : " (" + String.join(", ", connected) + ")"));
        });
    }

    /** PostgreSQL waits for standbys, or does not, as the profile says: a setting that Patroni has not carried out yet proves nothing. */
    SteadyCheck synchronousAs(Profile profile) {
        var wanted = !profile.get("postgres.synchronousMode").equals("off");
        return SteadyCheck.named("postgres: replication is " + (wanted ? "synchronous" : "asynchronous"), () -> {
            var names = asSuperuser(leader().name(), "show synchronous_standby_names")
                    .strip();
            return new Look(
                    wanted != names.isEmpty(),
                    names.isEmpty() ? "commits wait for no standby" : "commits wait for " + names);
        });
    }

    /** What the primary answers its superuser. */
    String askPrimary(String sql) {
        return asSuperuser(leader().name(), sql).strip();
    }

    /** What a command printed on the primary; it must end within seconds. */
    String onPrimary(String... command) {
        return cluster.exec(namespace, leader().name(), command);
    }

    private String asSuperuser(String pod, String sql) {
        return cluster.exec(namespace, pod, "psql", "-U", "postgres", "-XAtc", sql);
    }

    /** Gives a running cluster the profile's settings, which Patroni reads from files at its very first start alone. */
    @Override
    public void settle(Profile profile) {
        var live = liveSettings();
        var changes = new ArrayList<String>();
        LIVE_SETTINGS.forEach((setting, key) -> {
            var wanted = profile.get(key);
            if (!live.path(setting).asString("").equals(wanted)) {
                changes.add("-s");
                changes.add(setting + "=" + wanted);
            }
        });
        if (!changes.isEmpty()) {
            var command = Stream.concat(
                    Stream.of("patronictl", "-c", "/run/patroni", "edit-config", "--force", "--quiet"),
                    changes.stream());
            cluster.exec(namespace, leader().name(), command.toArray(String[]::new));
        }
    }

    @Override
    public void forgetEarlierWrites() {
        try {
            primary.forget();
            primary.execute("delete from tenants where slug <> 'default'");
        } catch (SQLException refused) {
            throw new Problem(
                    "PostgreSQL does not let the application delete its own rows: " + refused.getMessage(),
                    "Remove the testbed with `./chaos down` and run again.",
                    refused);
        }
    }

    /** What Patroni knows of its members, as its leader's lock and every instance's own view show it. */
    @Override
    public List<Evidence> evidence() {
        return List.of(Evidence.named("Patroni's view", folder -> {
            var text = new StringBuilder();
            for (var object : List.of(SCOPE, SCOPE + "-sync", SCOPE + "-config")) {
                text.append("# ").append(object).append('\n');
                new TreeMap<>(cluster.endpointsAnnotations(namespace, object).orElse(Map.of()))
                        .forEach((key, value) ->
                                text.append(key).append(": ").append(value).append('\n'));
            }
            for (var pod : pods.alive()) {
                text.append("# as ").append(pod.name()).append(" sees it\n");
                try {
                    text.append(cluster.exec(namespace, pod.name(), "patronictl", "-c", "/run/patroni", "list", "-e"));
                } catch (Problem unreachable) {
                    text.append(unreachable.getMessage()).append('\n');
                }
            }
            Files.writeString(folder.resolve("patroni.txt"), text);
        }));
    }

    @Override
    public String toString() {
        return ID;
    }
}
