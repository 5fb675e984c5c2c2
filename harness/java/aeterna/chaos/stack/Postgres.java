package aeterna.chaos.stack;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.client.SqlEntrance;
import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.model.Evidence;
import aeterna.chaos.model.Flaw;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.SteadyCheck.Look;
import aeterna.chaos.model.Target;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** PostgreSQL: one primary, which holds a lock in the Kubernetes API, and standbys that stream from it. */
public final class Postgres implements Component {
    /** Its id everywhere. */
    public static final String ID = "postgres";

    static final List<String> IMAGES = List.of("postgres");

    private static final String ROLE = "cnpg.io/instanceRole";

    /** One row per standby that is connected: what is really sent and confirmed, whatever anybody's labels say. */
    private static final String STANDBYS =
            "select application_name || ' ' || state || ' ' || coalesce(sync_state, '-') from pg_stat_replication"
                    + " where not pg_is_in_recovery() and application_name like 'aeterna-postgres-%' order by 1";

    /** How many standbys a commit waits for, such as {@code ANY 1 (…)} or {@code 1 (…)}. */
    private static final Pattern SYNCHRONOUS = Pattern.compile("(?i)^(?:ANY |FIRST )?(\\d+) *\\(");

    private final Cluster cluster;
    private final String namespace;
    private final Selection pods;
    private final SqlEntrance primary;
    private final SqlEntrance replicas;
    private final Election election;

    /**
     * @param primary the way in to whoever leads
     * @param replicas the way in to the standbys
     */
    Postgres(Cluster cluster, String namespace, boolean upstream, SqlEntrance primary, SqlEntrance replicas) {
        this.cluster = cluster;
        this.namespace = namespace;
        this.primary = primary;
        this.replicas = replicas;
        pods = new Selection(
                cluster, namespace, Map.of("cnpg.io/cluster", "aeterna-postgres", "cnpg.io/podRole", "instance"));
        election = upstream ? new CloudNativePg(cluster, namespace) : new Patroni(cluster, namespace, pods);
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
        return election.workloads();
    }

    @Override
    public List<Entrance> entrances() {
        return List.of(primary, replicas);
    }

    /** Waiting for as many standbys as there are makes each of them as critical as the primary. */
    @Override
    public List<Flaw> flaws() {
        var leader = leader().name();
        var number = SYNCHRONOUS.matcher(
                asSuperuser(leader, "show synchronous_standby_names").strip());
        var standbys = asSuperuser(leader, STANDBYS)
                .lines()
                .filter(line -> !line.isBlank())
                .count();
        return number.find() && Integer.parseInt(number.group(1)) >= standbys
                ? List.of(new Flaw(
                        Flaw.Kind.WRITES_STOP,
                        ID,
                        "commits wait for " + number.group(1) + " of " + standbys
                                + " standbys, so the loss of any of them stops every write"))
                : List.of();
    }

    @Override
    public List<SteadyCheck> steady(Profile profile) {
        return Stream.concat(
                        election.steady(profile).stream(),
                        Stream.of(synchronousAs(profile), standbysStreaming(profile.number("postgres.instances") - 1)))
                .toList();
    }

    /** By the lock, not by the labels: a dead primary keeps its label. */
    @Override
    public Map<String, String> roles() {
        var holder = election.holder();
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
        return Selection.target("the PostgreSQL primary", chance -> List.of(leader()), election::floor);
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
        var holder = election.holder()
                .orElseThrow(() -> new Problem(
                        "PostgreSQL has no primary: nobody holds its lock",
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
        var wanted = !profile.get("postgres.synchronousMode").equals("off")
                || !profile.get("postgres.synchronousStandbyNames").isEmpty();
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

    @Override
    public void settle(Profile profile) {
        election.settle(profile, () -> leader().name());
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

    @Override
    public List<Evidence> evidence() {
        return List.of(Evidence.named("what decides who is the PostgreSQL primary", election::record));
    }

    @Override
    public String toString() {
        return ID;
    }
}
