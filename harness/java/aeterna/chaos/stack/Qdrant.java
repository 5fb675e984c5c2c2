package aeterna.chaos.stack;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.client.QdrantEntrance;
import aeterna.chaos.client.QdrantPeer;
import aeterna.chaos.client.QdrantPeer.Replica;
import aeterna.chaos.client.QdrantPeer.View;
import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.model.Evidence;
import aeterna.chaos.model.Flaw;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Stage;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.SteadyCheck.Look;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Qdrant: peers that agree by Raft on who is there and which replica may be read, and shards of points replicated beside it. */
public final class Qdrant implements Component {
    /** Its id everywhere. */
    public static final String ID = "qdrant";

    /** Where memories are; the harness writes there too. */
    static final String COLLECTION = "aeterna_memories";

    static final List<String> IMAGES = List.of("qdrant");

    private static final String POD = "aeterna-qdrant-";

    /** Qdrant's own: a follower that hears nothing for 20 to 40 ticks stands for election; the leader speaks every other tick. */
    private static final int ELECTION_TICKS = 20;

    private static final int HEARTBEAT_TICKS = 2;

    /** Qdrant's own between peers; one that accepts and then falls silent is given up after as long. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private final Selection pods;
    private final QdrantEntrance anyPeer;
    private final List<QdrantPeer> peers;
    private final Duration tick;
    private final ExpectedFlaws known;

    /**
     * @param known the flaws that are known: peers may be expected to find no place
     * @param anyPeer the way in to whichever peer is ready
     * @param peers one way in for each peer, in the order of their ordinals
     */
    Qdrant(
            Cluster cluster,
            String namespace,
            Profile profile,
            ExpectedFlaws known,
            QdrantEntrance anyPeer,
            List<QdrantPeer> peers) {
        this.known = known;
        this.anyPeer = anyPeer;
        this.peers = List.copyOf(peers);
        tick = Duration.ofMillis(profile.number("qdrant.tickPeriodMs"));
        pods = new Selection(
                cluster,
                namespace,
                Map.of("app.kubernetes.io/name", "qdrant", "app.kubernetes.io/instance", "aeterna-qdrant"));
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
        return List.of("aeterna-qdrant");
    }

    @Override
    public List<Entrance> entrances() {
        return List.of(anyPeer);
    }

    /** The way in to whichever peer is ready. */
    public Entrance anyPeer() {
        return anyPeer;
    }

    @Override
    public List<SteadyCheck> steady(Profile profile) {
        return List.of(
                votersAgree(someHaveNoPlace() ? () -> ordinals().size() : () -> profile.number("qdrant.peers")),
                replicasActive(profile.number("qdrant.replicationFactor")));
    }

    /** As each peer says of itself. */
    @Override
    public Map<String, String> roles() {
        var roles = new TreeMap<String, String>();
        views().forEach((ordinal, view) -> roles.put(POD + ordinal, view.role().toLowerCase(Locale.ROOT)));
        return roles;
    }

    /** The peer that leads the consensus. */
    public Target leader() {
        return Selection.target(
                "the Qdrant leader", chance -> List.of(leading()), loss -> Optional.of(new Floor(List.of(election()))));
    }

    /** One of the peers that follow the leader. */
    public Target anyFollower() {
        return Selection.target(
                "a Qdrant follower",
                chance -> {
                    var followers = following();
                    return List.of(followers.get(chance.nextInt(followers.size())));
                },
                loss -> Optional.of(followerFloor(loss)));
    }

    /** Every peer but the leader: without them it leads nobody. */
    public Target followers() {
        return Selection.target("the Qdrant followers", chance -> following(), loss -> Optional.empty());
    }

    /** Any of its peers. */
    public Target anyPod() {
        return pods.any("a Qdrant peer", loss -> Optional.of(followerFloor(loss)));
    }

    private Floor.Part election() {
        var least = tick.multipliedBy(ELECTION_TICKS);
        var heartbeat = tick.multipliedBy(HEARTBEAT_TICKS);
        return new Floor.Part(
                "raft election after " + Words.of(least) + " less a heartbeat of " + Words.of(heartbeat),
                least.minus(heartbeat));
    }

    private static Floor followerFloor(Loss loss) {
        return new Floor(
                loss == Loss.SILENT
                        ? List.of(new Floor.Part(
                                "p2p connect timeout " + Words.of(CONNECT_TIMEOUT), CONNECT_TIMEOUT, Stage.RECONNECT))
                        : List.of());
    }

    private List<PodStatus> following() {
        var leader = leading();
        var followers = pods.alive().stream()
                .filter(pod -> !pod.name().equals(leader.name()))
                .toList();
        if (followers.isEmpty()) {
            throw new Problem("no follower of Qdrant is Ready", "Look at the pods with `./chaos status`.");
        }
        return followers;
    }

    /** Whom most peers follow: one that was cut off may still think that it leads. */
    private PodStatus leading() {
        var views = views();
        var votes = new HashMap<Long, Integer>();
        views.values().forEach(view -> votes.merge(view.leader(), 1, Integer::sum));
        var leader = votes.entrySet().stream()
                .filter(vote -> vote.getKey() != 0 && vote.getValue() > peers.size() / 2)
                .map(Map.Entry::getKey)
                .findFirst();
        var pod = leader.flatMap(id -> views.entrySet().stream()
                .filter(entry -> entry.getValue().id() == id)
                .findFirst()
                .flatMap(entry -> pods.alive().stream()
                        .filter(each -> each.name().equals(POD + entry.getKey()))
                        .findFirst()));
        return pod.orElseThrow(() -> new Problem(
                "Qdrant has no leader that most peers follow and that is Ready: " + said(views),
                "Wait until one was elected, or look at the peers' logs."));
    }

    private static String said(Map<Integer, View> views) {
        return views.isEmpty()
                ? "no peer answers"
                : views.entrySet().stream()
                        .map(entry -> POD + entry.getKey() + " follows "
                                + name(entry.getValue().leader(), views) + " in term "
                                + entry.getValue().term())
                        .collect(Collectors.joining(", "));
    }

    private static String name(long id, Map<Integer, View> views) {
        return id == 0
                ? "nobody"
                : views.entrySet().stream()
                        .filter(entry -> entry.getValue().id() == id)
                        .map(entry -> POD + entry.getKey())
                        .findFirst()
                        .orElse("peer " + id);
    }

    /** What the peers that answer say, by their ordinals. */
    private Map<Integer, View> views() {
        var views = new TreeMap<Integer, View>();
        for (var ordinal = 0; ordinal < peers.size(); ordinal++) {
            try {
                views.put(ordinal, peers.get(ordinal).view());
            } catch (IOException silent) {
                // Who does not answer is not in the map.
            }
        }
        return views;
    }

    private boolean someHaveNoPlace() {
        return known.has(Flaw.Kind.PENDING, "aeterna-qdrant");
    }

    /** The peers that are asked: all of them, or those that have a node where it is known that some have none. */
    private List<Integer> ordinals() {
        return someHaveNoPlace()
                ? pods.pods().stream()
                        .filter(pod -> !pod.node().isEmpty())
                        .map(pod -> Integer.valueOf(pod.name().substring(POD.length())))
                        .toList()
                : IntStream.range(0, peers.size()).boxed().toList();
    }

    /** A shard of which there is one copy alone. */
    @Override
    public List<Flaw> flaws() {
        for (var ordinal : ordinals()) {
            try {
                var replicas = peers.get(ordinal).replicas(COLLECTION).all().stream()
                        .collect(Collectors.groupingBy(Replica::shard, Collectors.counting()));
                var single =
                        replicas.values().stream().filter(copies -> copies == 1).count();
                return single == 0
                        ? List.of()
                        : List.of(new Flaw(
                                Flaw.Kind.ONE_COPY,
                                ID,
                                single + " of " + replicas.size() + " shards of " + COLLECTION
                                        + " have one replica: whoever is lost takes its points along"));
            } catch (IOException silent) {
                // The next one may answer; a component without any is not steady.
            }
        }
        return List.of();
    }

    /** That many peers have a vote, follow one leader in one term, and nobody else is registered. */
    SteadyCheck votersAgree(IntSupplier wanted) {
        return SteadyCheck.named("qdrant: all voters agree on a leader", () -> {
            var number = wanted.getAsInt();
            var views = views();
            var voters = views.values().stream()
                    .filter(view -> view.voter() && view.working())
                    .count();
            var following = new HashSet<List<Long>>();
            var registered = new TreeSet<Long>();
            views.values().forEach(view -> {
                following.add(List.of(view.leader(), view.term()));
                registered.addAll(view.peers().keySet());
            });
            var agree = following.size() == 1 && views.values().stream().anyMatch(view -> view.id() == view.leader());
            return new Look(
                    voters == number && views.size() == number && registered.size() == number && agree,
                    voters + " of " + number + " voters, " + registered.size() + " registered, " + said(views));
        });
    }

    /** Every shard has that many replicas, all of them Active in every peer's view, and none is being refilled. */
    SteadyCheck replicasActive(int replicationFactor) {
        return SteadyCheck.named("qdrant: every replica is active", () -> {
            var shards = 0;
            for (var ordinal : ordinals()) {
                try {
                    var peer = peers.get(ordinal);
                    var collections = peer.collections();
                    if (!collections.contains(COLLECTION)) {
                        return new Look(false, "the collection " + COLLECTION + " is not there yet");
                    }
                    shards = 0;
                    for (var collection : collections) {
                        var replicas = peer.replicas(collection);
                        var trouble = trouble(replicas, collection.equals(COLLECTION) ? replicationFactor : 1);
                        if (trouble.isPresent()) {
                            return new Look(false, collection + " as " + POD + ordinal + " sees it: " + trouble.get());
                        }
                        shards += (int) replicas.all().stream()
                                .map(Replica::shard)
                                .distinct()
                                .count();
                    }
                } catch (IOException silent) {
                    return new Look(false, POD + ordinal + " does not answer: " + silent.getMessage());
                }
            }
            return new Look(true, "every replica of " + shards + " shards is active");
        });
    }

    private static Optional<String> trouble(QdrantPeer.Replicas replicas, int replicationFactor) {
        var inactive = replicas.all().stream()
                .filter(replica -> !replica.state().equals("Active"))
                .map(replica -> "shard " + replica.shard() + " is " + replica.state() + " on peer " + replica.peer())
                .toList();
        if (!inactive.isEmpty()) {
            return Optional.of(String.join(", ", inactive));
        }
        if (replicas.transfers() > 0) {
            return Optional.of(replicas.transfers() + " replicas are being refilled");
        }
        return replicas.all().stream()
                .collect(Collectors.groupingBy(Replica::shard, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .filter(shard -> shard.getValue() < replicationFactor)
                .map(shard -> "shard " + shard.getKey() + " has " + shard.getValue() + " of " + replicationFactor
                        + " replicas")
                .findFirst();
    }

    /** Makes the collection, removes peers whose volumes are gone, and makes the replicas anew that they had. */
    @Override
    public void settle(Profile profile) {
        try {
            var views = views();
            if (views.isEmpty()) {
                throw new IOException("no peer answers");
            }
            var operator = peers.get(views.keySet().iterator().next());
            for (var gone : replaced(views)) {
                operator.remove(gone);
            }
            if (!operator.collections().contains(COLLECTION)) {
                operator.create(
                        COLLECTION,
                        profile.number("qdrant.dimensions"),
                        profile.number("qdrant.shards"),
                        profile.number("qdrant.replicationFactor"),
                        profile.number("qdrant.writeConsistencyFactor"));
            }
            var living = views.values().stream().map(View::id).toList();
            replicate(operator, living, profile.number("qdrant.replicationFactor"));
        } catch (IOException refused) {
            throw new Problem(
                    "Qdrant could not be set up: " + refused.getMessage(),
                    "Look at the peers with `./chaos status`.",
                    refused);
        }
    }

    /** Ids that are registered under the address of a peer which has another id now: it lost its volume. */
    private static List<Long> replaced(Map<Integer, View> views) {
        var addresses = new HashMap<String, Long>();
        views.values().forEach(view -> addresses.put(view.peers().getOrDefault(view.id(), ""), view.id()));
        return views.values().stream()
                .flatMap(view -> view.peers().entrySet().stream())
                .filter(peer ->
                        addresses.getOrDefault(peer.getValue(), peer.getKey()).longValue()
                                != peer.getKey().longValue())
                .map(Map.Entry::getKey)
                .distinct()
                .toList();
    }

    /** One copy at a time into each peer is all that Qdrant takes: what it refuses now is asked for again at the next deployment. */
    private static void replicate(QdrantPeer operator, List<Long> living, int replicationFactor) throws IOException {
        var byShard = new TreeMap<Integer, List<Replica>>();
        operator.replicas(COLLECTION)
                .all()
                .forEach(replica -> byShard.computeIfAbsent(replica.shard(), any -> new ArrayList<>())
                        .add(replica));
        for (var shard : byShard.entrySet()) {
            var holders = shard.getValue().stream().map(Replica::peer).toList();
            var source = shard.getValue().stream()
                    .filter(replica -> replica.state().equals("Active"))
                    .findFirst();
            var missing = living.stream()
                    .filter(peer -> !holders.contains(peer))
                    .limit(Math.max(0, replicationFactor - holders.size()))
                    .toList();
            for (var peer : missing) {
                if (source.isPresent()) {
                    operator.replicate(COLLECTION, shard.getKey(), source.get().peer(), peer);
                }
            }
        }
    }

    @Override
    public void forgetEarlierWrites() {
        try {
            anyPeer.forget();
        } catch (IOException refused) {
            throw new Problem(
                    "Qdrant does not let go of earlier points: " + refused.getMessage(),
                    "Remove the testbed with `./chaos down` and run again.",
                    refused);
        }
    }

    /** The cluster and its replicas, as every peer sees them. */
    @Override
    public List<Evidence> evidence() {
        return List.of(Evidence.named("the Qdrant peers' views", folder -> {
            var text = new StringBuilder();
            for (var ordinal : IntStream.range(0, peers.size()).toArray()) {
                text.append("# as ").append(POD).append(ordinal).append(" sees it\n");
                try {
                    text.append(peers.get(ordinal).everything()).append('\n');
                } catch (IOException silent) {
                    text.append(silent.getMessage()).append('\n');
                }
            }
            Files.writeString(folder.resolve("qdrant.txt"), text);
        }));
    }

    @Override
    public String toString() {
        return ID;
    }
}
