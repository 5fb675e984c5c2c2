package aeterna.chaos.stack;

import aeterna.chaos.client.CacheEntrance;
import aeterna.chaos.client.Entrance;
import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.model.Evidence;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.SteadyCheck.Look;
import aeterna.chaos.model.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The cache: a primary and replicas that copy it asynchronously, and an operator that labels them, so that the Service finds
 * the primary, and promotes.
 */
public final class Cache implements Component {
    /** Its id everywhere. */
    public static final String ID = "cache";

    static final List<String> IMAGES = List.of("redis", "dragonfly-operator");

    /** Dragonfly's operator calls a primary that. */
    private static final String PRIMARY = "master";

    private static final String ROLE = "role";

    /** How far a replica that is connected may lag, in seconds by the primary's own account. */
    private static final int LAG = 1;

    /** How many changes a replica of Dragonfly may lack: what a busy testbed writes in a second. */
    private static final int CHANGES = 100;

    private final Cluster cluster;
    private final String namespace;
    private final Selection pods;
    private final Selection operators;
    private final CacheEntrance entrance;
    private final By operator;

    /** Who makes a primary and replicas of the instances. */
    enum By {
        /** Our stand-in for Dragonfly's operator. */
        OURS,
        /** Dragonfly's operator, in a namespace of its own. */
        UPSTREAM,
        /** Nobody: each instance is a cache of its own. */
        NOBODY
    }

    Cache(Cluster cluster, String namespace, By operator, CacheEntrance entrance) {
        this.operator = operator;
        this.cluster = cluster;
        this.namespace = namespace;
        this.entrance = entrance;
        pods = new Selection(cluster, namespace, Map.of("app", "aeterna-dragonfly"));
        operators = new Selection(cluster, namespace, Map.of("app.kubernetes.io/name", "aeterna-dragonfly-operator"));
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
        return operator == By.OURS
                ? List.of("aeterna-dragonfly", "aeterna-dragonfly-operator")
                : List.of("aeterna-dragonfly");
    }

    @Override
    public List<Entrance> entrances() {
        return List.of(entrance);
    }

    /** The way in that applications take: to the primary. */
    public Entrance direct() {
        return entrance;
    }

    @Override
    public List<SteadyCheck> steady(Profile profile) {
        return List.of(replicasCaughtUp(profile.number("cache.instances") - 1));
    }

    @Override
    public Map<String, String> roles() {
        var roles = new TreeMap<String, String>();
        for (var pod : pods.pods()) {
            var role = pod.labels().getOrDefault(ROLE, "");
            if (!role.isEmpty()) {
                roles.put(pod.name(), role.equals(PRIMARY) ? "primary" : role);
            }
        }
        return roles;
    }

    /** The pod that the Service leads to. */
    public Target primary() {
        return Selection.target("the cache's primary", chance -> List.of(leader()), Cache::floor);
    }

    /** One of the pods that could take over. */
    public Target anyReplica() {
        return Selection.target(
                "a cache replica",
                chance -> {
                    var leader = leader().name();
                    var replicas = pods.alive().stream()
                            .filter(pod -> !pod.name().equals(leader))
                            .toList();
                    if (replicas.isEmpty()) {
                        throw new Problem(
                                "no replica of the cache is Ready", "Look at the pods with `./chaos status`.");
                    }
                    return List.of(replicas.get(chance.nextInt(replicas.size())));
                },
                loss -> Optional.of(new Floor(List.of())));
    }

    /** One of the operator's pods; one of them works, the others wait for its lease. */
    public Target anyOperator() {
        return operators.any("a pod of the cache's operator", loss -> Optional.of(new Floor(List.of())));
    }

    /** The operator hears of a pod's end at once; a silent one is noticed by probes or by its node's lease. */
    private static Optional<Floor> floor(Loss loss) {
        return loss == Loss.SILENT ? Optional.empty() : Optional.of(new Floor(List.of()));
    }

    private PodStatus leader() {
        if (operator == By.NOBODY) {
            return pods.alive().stream()
                    .findFirst()
                    .orElseThrow(() -> new Problem(
                            "no instance of the cache is Ready", "Look at the pods with `./chaos status`."));
        }
        var labelled = pods.pods().stream()
                .filter(pod -> PRIMARY.equals(pod.labels().get(ROLE)))
                .toList();
        if (labelled.size() != 1) {
            throw new Problem(
                    labelled.isEmpty()
                            ? "the cache has no primary: no pod carries the label " + ROLE + "=" + PRIMARY
                            : "nobody in particular is the cache's primary: the label is carried by "
                                    + String.join(
                                            " and ",
                                            labelled.stream()
                                                    .map(PodStatus::name)
                                                    .toList()),
                    "Wait until the operator promoted one, or look at its logs.");
        }
        var leader = labelled.get(0);
        if (!leader.ready() || leader.terminating()) {
            throw new Problem(
                    "the cache's primary is already damaged: " + leader.name() + " is labelled and not Ready",
                    "Wait until the operator promoted another one.");
        }
        return leader;
    }

    /** The Service leads to the labelled primary, and that many replicas are connected to it and have caught up, by its own account. */
    public SteadyCheck replicasCaughtUp(int number) {
        return SteadyCheck.named(
                "cache: " + number + (number == 1 ? " replica has" : " replicas have") + " caught up", () -> {
                    var leader = leader().name();
                    var reached = entrance.ask();
                    if (!reached.error().isEmpty()) {
                        return new Look(false, "the way in through the cache is shut: " + reached.error());
                    }
                    if (operator == By.OURS && !reached.instance().equals(leader)) {
                        return new Look(
                                false,
                                leader + " is labelled as the primary, and the Service leads to "
                                        + (reached.instance().isEmpty()
                                                ? "one that nobody promoted"
                                                : reached.instance()));
                    }
                    var replicas = replicas(replication(leader));
                    var caughtUp = replicas.stream().filter(Replica::caughtUp).count();
                    return new Look(
                            caughtUp >= number,
                            caughtUp + " of " + number + " follow " + leader
                                    + (replicas.isEmpty() ? "" : " " + replicas));
                });
    }

    /** Dragonfly's image need not have a client in it; whoever the Service leads to answers there too. */
    private String replication(String leader) {
        try {
            return operator == By.UPSTREAM
                    ? entrance.replication()
                    : cluster.exec(namespace, leader, "redis-cli", "info", "replication");
        } catch (IOException silent) {
            throw new Problem(
                    "the cache's primary does not say who follows it: " + silent.getMessage(),
                    "Look at its pods with `./chaos status`.",
                    silent);
        }
    }

    /** The replicas that a primary tells of, each in a line such as {@code slave0:ip=…,port=6379,state=online,offset=12,lag=0}. */
    static List<Replica> replicas(String info) {
        return info.lines()
                .map(String::strip)
                .filter(line -> line.matches("slave[0-9]+:.*"))
                .map(line -> line.substring(line.indexOf(':') + 1))
                .map(fields -> {
                    var values = new TreeMap<String, String>();
                    for (var field : fields.split(",", -1)) {
                        var parts = field.split("=", 2);
                        values.put(parts[0], parts.length == 2 ? parts[1] : "");
                    }
                    return new Replica(
                            values.getOrDefault("ip", ""),
                            values.getOrDefault("state", ""),
                            values.getOrDefault("lag", ""));
                })
                .toList();
    }

    /**
     * A replica as its primary sees it.
     *
     * @param name as it announced itself
     * @param state {@code online} (Dragonfly says {@code stable_sync}) once it has a copy and gets what is new
     * @param lag seconds since it last said how far it is; by Dragonfly's account, how many changes it lacks
     */
    record Replica(String name, String state, String lag) {
        boolean caughtUp() {
            var most = state.equals("online") ? LAG : state.equals("stable_sync") ? CHANGES : -1;
            return lag.matches("[0-9]{1,6}") && Integer.parseInt(lag) <= most;
        }

        @Override
        public String toString() {
            return name + " " + state + " " + lag + " s behind";
        }
    }

    @Override
    public void forgetEarlierWrites() {
        try {
            entrance.forget();
        } catch (IOException refused) {
            throw new Problem(
                    "the cache does not let its clients delete their own keys: " + refused.getMessage(),
                    "Look at its pods with `./chaos status`.",
                    refused);
        }
    }

    @Override
    public List<Evidence> evidence() {
        return List.of(Evidence.named("the cache's own view of its replication", folder -> {
            var text = new StringBuilder();
            for (var pod : pods.pods()) {
                text.append("# ")
                        .append(pod.name())
                        .append(' ')
                        .append(pod.labels().getOrDefault(ROLE, "-"));
                text.append('\n');
                try {
                    text.append(cluster.exec(namespace, pod.name(), "redis-cli", "info", "replication"));
                    text.append(cluster.exec(namespace, pod.name(), "redis-cli", "info", "persistence"));
                } catch (Problem unreachable) {
                    text.append(unreachable.getMessage()).append('\n');
                }
            }
            Files.writeString(folder.resolve("cache.txt"), text);
        }));
    }

    @Override
    public String toString() {
        return ID;
    }
}
