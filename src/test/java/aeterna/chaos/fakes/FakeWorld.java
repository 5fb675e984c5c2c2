package aeterna.chaos.fakes;

import aeterna.chaos.cluster.Eviction;
import aeterna.chaos.cluster.Flow;
import aeterna.chaos.cluster.Machines;
import aeterna.chaos.cluster.NodeLoad;
import aeterna.chaos.cluster.NodeProcesses;
import aeterna.chaos.cluster.NodeProcesses.Tally;
import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodParts;
import aeterna.chaos.cluster.PodProcesses;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Prober;
import aeterna.chaos.cluster.Strain;
import aeterna.chaos.cluster.Subscription;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.cluster.Traffic;
import aeterna.chaos.cluster.TrafficCount;
import aeterna.chaos.cluster.Usage;
import aeterna.chaos.cluster.Volumes;
import aeterna.chaos.model.Degradation;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Machine.Network;
import aeterna.chaos.model.Machine.Power;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Place;
import aeterna.chaos.model.Topology;
import aeterna.chaos.model.Zone;
import aeterna.chaos.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A cluster of three zones in memory alone, whose looks follow from its acts: six workers, and on each of them one pod with
 * two containers and a volume of its own. Its acts can be sabotaged; its ways back and its looks never are.
 */
public class FakeWorld extends QuietCluster implements Machines, PodProcesses, Prober, Volumes {
    /** What becomes of acts. */
    public enum Sabotage {
        NONE,
        /** Nothing happens, and nobody is told. */
        NOTHING,
        /** It happens to somebody else. */
        ELSEWHERE,
        /** It happens to all but the last of several. */
        PARTLY,
        /** It happens to the first of several, and then the act dies. */
        HALF
    }

    public static final long VOLUME = 64L << 20;
    private static final String NAMESPACE = "aeterna";
    private static final int WORKERS = 6;

    public Sabotage sabotage = Sabotage.NONE;
    public final Map<String, Eviction> refusals = new HashMap<>();
    /** What clients in zones were sent to do, and who hears of it. */
    public final List<Errand> errands = new ArrayList<>();

    public Consumer<Op> sink = op -> {};
    public int subscriptions;

    private final Map<String, Power> power = new TreeMap<>();
    private final Set<String> cutOff = new TreeSet<>();
    private final Set<String> cordoned = new TreeSet<>();
    private final Map<String, PodStatus> pods = new TreeMap<>();
    private final Set<Place> frozen = new TreeSet<>();
    private final Map<String, Integer> restarts = new HashMap<>();
    private final Map<String, String> claims = new TreeMap<>();
    private final Map<String, Map<Place, List<Flow>>> blocked = new TreeMap<>();
    private final Map<String, Map<Place, List<Flow>>> degraded = new TreeMap<>();
    private final Map<String, Degradation> degradations = new TreeMap<>();
    private final Map<String, Long> packets = new HashMap<>();
    private final Map<String, Set<String>> burning = new TreeMap<>();
    private final Map<String, Map<String, Integer>> hoarding = new TreeMap<>();
    private final Set<Place> filled = new TreeSet<>();
    private int incarnation;
    private long looks;

    public FakeWorld() {
        for (int n = 0; n <= WORKERS; n++) {
            power.put("node-" + n, Power.ON);
        }
        for (int n = 1; n <= WORKERS; n++) {
            place("app-" + n, "node-" + n);
            claims.put("data-app-" + n, "claim-" + n);
        }
        pods.put(
                "dns", pod("kube-system", "dns", "node-1", "uid-dns", "10.42.1.53", Map.of("k8s-app", "kube-dns"), ""));
    }

    /** One more pod, Ready. */
    public void add(String name, String node, Map<String, String> labels, String owner) {
        var address = "10.42." + number(node) + "." + (10 + pods.size());
        pods.put(name, pod(NAMESPACE, name, node, "uid-" + name, address, labels, owner));
    }

    private void place(String name, String node) {
        var uid = "uid-" + name + "-" + incarnation++;
        pods.put(name, pod(NAMESPACE, name, node, uid, "10.42." + number(node) + ".9", Map.of(), "StatefulSet/app"));
    }

    private static PodStatus pod(
            String namespace,
            String name,
            String node,
            String uid,
            String address,
            Map<String, String> labels,
            String owner) {
        return new PodStatus(namespace, name, node, "Running", true, false, uid, 0, address, labels, owner, "");
    }

    private static int number(String node) {
        return Integer.parseInt(node.substring("node-".length()));
    }

    /** Everything that a fault can change, in words: equal words mean an equal world. */
    public String state() {
        return "power " + power + ", cut off " + cutOff + ", cordoned " + cordoned + ", frozen " + frozen + ", blocked "
                + blocked + ", degraded " + degraded + ", burning " + burning + ", hoarding " + hoarding + ", filled "
                + filled;
    }

    /** Ends all damage behind everybody's back. */
    public void endEarly() {
        power.replaceAll((node, was) -> Power.ON);
        List.of(cutOff, cordoned, frozen, filled).forEach(Collection::clear);
        List.of(blocked, degraded, burning, hoarding).forEach(Map::clear);
    }

    public Topology topology() {
        var nodes = new ArrayList<Node>();
        nodes.add(new Node("node-0", Node.Role.CONTROL_PLANE, Map.of(), List.of()));
        for (int n = 1; n <= WORKERS; n++) {
            nodes.add(new Node(
                    "node-" + n,
                    Node.Role.WORKER,
                    Map.of(Zone.LABEL, "zone-" + (char) ('a' + (n - 1) / 2)),
                    List.of()));
        }
        return new Topology("fake", 6443, nodes, List.of());
    }

    // What sabotage does to an act's targets.

    private <T> Duration act(Collection<T> targets, UnaryOperator<T> elsewhere, Consumer<T> deed) {
        var all = List.copyOf(targets);
        switch (sabotage) {
            case NONE -> all.forEach(deed);
            case NOTHING -> {
                // That is the sabotage.
            }
            case ELSEWHERE -> all.forEach(target -> deed.accept(elsewhere.apply(target)));
            case PARTLY -> all.subList(0, Math.max(0, all.size() - 1)).forEach(deed);
            case HALF -> {
                all.stream().limit(1).forEach(deed);
                throw new IllegalStateException("killed in the middle of the act");
            }
        }
        return Duration.ofMillis(all.size() - 1L);
    }

    /** Two nodes on: always another zone. */
    private static String otherNode(String node) {
        return "node-" + ((number(node) + 1) % WORKERS + 1);
    }

    private Place otherPlace(Place place) {
        var node = otherNode(place.node());
        return place.podUid().isEmpty() ? Place.of(node) : new Place(node, on(node).uid());
    }

    private PodStatus on(String node) {
        return pods.values().stream()
                .filter(pod -> pod.node().equals(node) && pod.namespace().equals(NAMESPACE))
                .findFirst()
                .orElseThrow();
    }

    // Machines

    @Override
    public List<Machine> all() {
        return power.entrySet().stream()
                .map(node -> new Machine(
                        node.getKey(),
                        address(node.getKey()),
                        node.getValue(),
                        cutOff.contains(node.getKey()) ? Network.CUT_OFF : Network.CONNECTED))
                .toList();
    }

    private static String address(String node) {
        return "10.0.0." + (100 + number(node));
    }

    @Override
    public Usage usage() {
        return new Usage(Duration.ZERO, 0);
    }

    @Override
    public Duration freeze(Collection<String> nodes) {
        return act(nodes, FakeWorld::otherNode, node -> power.put(node, Power.FROZEN));
    }

    @Override
    public void thaw(Collection<String> nodes) {
        nodes.forEach(node -> power.replace(node, Power.FROZEN, Power.ON));
    }

    @Override
    public Duration powerOff(Collection<String> nodes) {
        return act(nodes, FakeWorld::otherNode, node -> power.put(node, Power.OFF));
    }

    @Override
    public void powerOn(Collection<String> nodes) {
        nodes.forEach(node -> power.replace(node, Power.OFF, Power.ON));
    }

    @Override
    public Duration cutOff(Collection<String> nodes) {
        return act(nodes, FakeWorld::otherNode, cutOff::add);
    }

    @Override
    public void reconnect(Collection<String> nodes) {
        cutOff.removeAll(nodes);
    }

    // PodProcesses

    @Override
    public Map<String, NodeProcesses> look() {
        var seen = new TreeMap<String, NodeProcesses>();
        power.forEach((node, is) -> {
            if (is == Power.OFF) {
                seen.put(node, NodeProcesses.NONE);
                return;
            }
            var tallies = new HashMap<String, Tally>();
            var containers = new HashMap<String, Tally>();
            pods.values().stream().filter(pod -> pod.node().equals(node)).forEach(pod -> {
                var held = is == Power.FROZEN || frozen.contains(new Place(node, pod.uid())) ? 2 : 0;
                tallies.put(pod.uid(), new Tally(2, held));
                ids(pod).values().forEach(id -> containers.put(id, new Tally(1, held / 2)));
            });
            var all = 3 + 2 * tallies.size();
            seen.put(node, new NodeProcesses(new Tally(all, is == Power.FROZEN ? all : 0), tallies, containers));
        });
        return seen;
    }

    private Map<String, String> ids(PodStatus pod) {
        var main = pod.owner().startsWith("ReplicaSet/") ? pod.workload() : "main";
        return Map.of(main, pod.uid() + "-main-" + restarts.getOrDefault(pod.uid(), 0), "side", pod.uid() + "-side");
    }

    @Override
    public void kill(String node, String podUid) {
        act(List.of(new Place(node, podUid)), this::otherPlace, place -> gone(place.podUid()));
    }

    /** The pod is replaced by another one, as its owner does. */
    private void gone(String uid) {
        pods.values().stream().filter(pod -> pod.uid().equals(uid)).findFirst().ifPresent(pod -> {
            pods.remove(pod.name());
            frozen.remove(new Place(pod.node(), uid));
            filled.remove(new Place(pod.node(), uid));
            var node = cordoned.contains(pod.node())
                    ? power.keySet().stream()
                            .filter(other -> !other.equals("node-0") && !cordoned.contains(other))
                            .reduce((one, next) -> next)
                            .orElse("node-0")
                    : pod.node();
            place(pod.name(), node);
            claims.putIfAbsent("data-" + pod.name(), "claim-new-" + incarnation);
        });
    }

    @Override
    public void killContainer(Place pod, String container) {
        act(List.of(pod), this::otherPlace, place -> restarts.merge(place.podUid(), 1, Integer::sum));
    }

    @Override
    public void freeze(Place pod) {
        // The sabotage of several pods is in the caller's hands: each comes alone.
        if (sabotage == Sabotage.PARTLY || sabotage == Sabotage.HALF) {
            if (!frozen.isEmpty()) {
                if (sabotage == Sabotage.HALF) {
                    throw new IllegalStateException("killed in the middle of the act");
                }
                return;
            }
            frozen.add(pod);
            return;
        }
        act(List.of(pod), this::otherPlace, frozen::add);
    }

    @Override
    public void thaw(Place pod) {
        frozen.remove(pod);
    }

    // Cluster

    @Override
    public List<NodeStatus> nodes() {
        return power.entrySet().stream()
                .map(node -> new NodeStatus(
                        node.getKey(),
                        node.getValue() == Power.ON && !cutOff.contains(node.getKey()),
                        "KubeletReady",
                        address(node.getKey()),
                        "uid-" + node.getKey(),
                        Map.of(),
                        cordoned.contains(node.getKey()),
                        "10.42." + number(node.getKey()) + ".0/24"))
                .toList();
    }

    @Override
    public List<PodStatus> pods() {
        return pods.values().stream()
                .map(pod -> new PodStatus(
                        pod.namespace(),
                        pod.name(),
                        pod.node(),
                        pod.phase(),
                        pod.ready(),
                        pod.terminating(),
                        pod.uid(),
                        restarts.getOrDefault(pod.uid(), 0),
                        pod.address(),
                        pod.labels(),
                        pod.owner(),
                        pod.trouble()))
                .toList();
    }

    @Override
    public void cordon(String node, boolean on) {
        if (on) {
            act(List.of(node), FakeWorld::otherNode, cordoned::add);
        } else {
            cordoned.remove(node);
        }
    }

    @Override
    public Eviction evict(String namespace, String pod, String uid) {
        var refusal = refusals.get(pod);
        if (refusal != null) {
            return refusal;
        }
        act(List.of(pod), FakeWorld::otherPod, name -> gone(pods.get(name).uid()));
        return new Eviction(Eviction.Answer.ACCEPTED, "");
    }

    private static String otherPod(String name) {
        return "app-" + number(otherNode("node-" + name.substring("app-".length())));
    }

    @Override
    public Optional<PodParts> parts(String namespace, String pod) {
        return Optional.ofNullable(pods.get(pod))
                .map(found -> new PodParts(found.uid(), ids(found), Map.of("/data", "data-" + pod), false));
    }

    @Override
    public Optional<String> claim(String namespace, String claim) {
        return Optional.ofNullable(claims.get(claim));
    }

    @Override
    public void deleteClaim(String namespace, String claim, String uid) {
        act(List.of(claim), name -> "data-" + otherPod(name.substring("data-".length())), claims::remove);
    }

    @Override
    public void deletePod(String namespace, String pod, String uid, Optional<Duration> grace) {
        if (pods.get(pod).uid().equals(uid)) {
            act(List.of(pod), FakeWorld::otherPod, name -> gone(pods.get(name).uid()));
        }
    }

    // Traffic

    private void set(Map<String, Map<Place, List<Flow>>> acts, String tag, Collection<Flow> flows) {
        var byPlace = flows.stream().collect(Collectors.groupingBy(Flow::at, TreeMap::new, Collectors.toList()));
        act(
                byPlace.entrySet(),
                at -> Map.entry(otherPlace(at.getKey()), at.getValue()),
                at -> acts.computeIfAbsent(tag, key -> new TreeMap<>())
                        .computeIfAbsent(at.getKey(), key -> new ArrayList<>())
                        .addAll(at.getValue()));
    }

    /** {@link Traffic}'s look. */
    private List<TrafficCount> counts() {
        var counts = new ArrayList<TrafficCount>();
        for (var acts : List.of(blocked, degraded)) {
            acts.forEach((tag, places) -> places.forEach((place, flows) -> counts.add(new TrafficCount(
                    place,
                    tag,
                    flows.size(),
                    packets.getOrDefault(tag + place, 0L),
                    acts == degraded && degradations.get(tag).kilobitsPerSecond() > 0))));
        }
        return counts;
    }

    // Prober

    @Override
    public List<Contact> reach(List<Attempt> attempts) {
        return attempts.stream().map(this::reach).toList();
    }

    @Override
    public Subscription work(List<Errand> errands, Clock clock, Consumer<Op> sink, Consumer<String> trouble) {
        this.errands.addAll(errands);
        this.sink = sink;
        subscriptions++;
        return () -> subscriptions--;
    }

    /** The name server is replaced by one on another node. */
    public void moveNameServer(String node, String uid) {
        pods.put("dns", pod("kube-system", "dns", node, uid, "10.42.2.53", Map.of("k8s-app", "kube-dns"), ""));
    }

    private Contact reach(Attempt attempt) {
        var from = attempt.from();
        var to = owner(attempt.address());
        if (power.get(from.node()) == Power.OFF) {
            return new Contact(Outcome.ABSENT, Duration.ZERO);
        }
        var latency = Duration.ofMillis(1);
        for (var way : List.of(
                new Way(
                        from,
                        address(from),
                        to,
                        attempt.address(),
                        attempt.port(),
                        attempt.name().isEmpty()),
                new Way(
                        to,
                        attempt.address(),
                        from,
                        address(from),
                        0,
                        attempt.name().isEmpty()))) {
            var apart = !way.from.node().equals(way.to.node());
            if (power.get(way.to.node()) == Power.OFF
                    || (apart && (cutOff.contains(way.from.node()) || cutOff.contains(way.to.node())))
                    || !catching(blocked, way).isEmpty()) {
                return new Contact(Outcome.TIMEOUT, Duration.ofMillis(500));
            }
            for (var tag : catching(degraded, way)) {
                latency = latency.plus(degradations.get(tag).latency());
            }
        }
        return new Contact(attempt.port() == 1 ? Outcome.REFUSED : Outcome.CONNECTED, latency);
    }

    private record Way(Place from, String source, Place to, String destination, int port, boolean tcp) {}

    private Set<String> catching(Map<String, Map<Place, List<Flow>>> acts, Way way) {
        var caught = new HashSet<String>();
        acts.forEach((tag, places) -> places.forEach((place, flows) -> flows.forEach(flow -> {
            var here = flow.direction() == Flow.Direction.OUT ? way.from : way.to;
            var seenHere = place.equals(here)
                    || (place.podUid().isEmpty() && place.node().equals(here.node()))
                    || (place.podUid().isEmpty()
                            && place.node().equals(way.from.node())
                            && !way.from.podUid().isEmpty());
            if (seenHere
                    && within(flow.from(), way.source)
                    && within(flow.to(), way.destination)
                    && (flow.port() == 0 || flow.port() == way.port)
                    && (flow.protocol().isEmpty() || flow.protocol().equals(way.tcp ? "tcp" : "udp"))) {
                packets.merge(tag + place, 1L, Long::sum);
                caught.add(tag);
            }
        })));
        return caught;
    }

    /** Networks here end at a byte. */
    private static boolean within(String network, String address) {
        if (network.isEmpty()) {
            return true;
        }
        var bytes = Integer.parseInt(network.substring(network.indexOf('/') + 1)) / 8;
        var wanted = network.substring(0, network.indexOf('/')).split("\\.", -1);
        var is = address.split("\\.", -1);
        for (int i = 0; i < bytes; i++) {
            if (!wanted[i].equals(is[i])) {
                return false;
            }
        }
        return true;
    }

    private String address(Place place) {
        return place.podUid().isEmpty()
                ? address(place.node())
                : pods.values().stream()
                        .filter(pod -> pod.uid().equals(place.podUid()))
                        .findFirst()
                        .map(PodStatus::address)
                        .orElse("10.42.99.99");
    }

    private Place owner(String address) {
        return pods.values().stream()
                .filter(pod -> pod.address().equals(address))
                .findFirst()
                .map(pod -> new Place(pod.node(), pod.uid()))
                .orElseGet(() -> Place.of("node-" + (Integer.parseInt(address.substring("10.0.0.".length())) - 100)));
    }

    // Strain

    /** {@link Strain}'s look: what burns is throttled more at each of them. */
    private Map<String, NodeLoad> loads() {
        looks++;
        var loads = new TreeMap<String, NodeLoad>();
        for (var node : power.keySet()) {
            var burns = burning.values().stream().anyMatch(nodes -> nodes.contains(node));
            var hoards = hoarding.values().stream()
                    .mapToInt(nodes -> nodes.getOrDefault(node, 0))
                    .sum();
            loads.put(
                    node,
                    new NodeLoad(
                            Duration.ofSeconds(burns ? looks : 0), (100L + hoards) << 20, burns ? 200 : 0, 16L << 30));
        }
        return loads;
    }

    // Volumes

    @Override
    public Room look(Place pod, String path) {
        var full = filled.contains(pod);
        return new Room(VOLUME, full ? 0 : VOLUME / 2, full ? VOLUME / 2 : 0, true);
    }

    @Override
    public void fill(Place pod, String path, long atMostBytes) {
        act(List.of(pod), this::otherPlace, filled::add);
    }

    @Override
    public void empty(Place pod, String path) {
        filled.remove(pod);
    }

    /** Its packets. */
    public Traffic traffic() {
        return new Traffic() {
            @Override
            public void block(String tag, Collection<Flow> flows) {
                set(blocked, tag, flows);
            }

            @Override
            public void degrade(String tag, Collection<Flow> flows, Degradation how) {
                degradations.put(tag, how);
                set(degraded, tag, flows);
            }

            @Override
            public String means(Degradation how) {
                return "memory";
            }

            @Override
            public void clear(String tag) {
                blocked.remove(tag);
                degraded.remove(tag);
                packets.clear();
            }

            @Override
            public List<TrafficCount> look() {
                return counts();
            }
        };
    }

    /** What its machines use. */
    public Strain strain() {
        return new Strain() {
            @Override
            public void burn(String tag, Collection<String> nodes, int threads, int millicores) {
                act(
                        nodes,
                        FakeWorld::otherNode,
                        node -> burning.computeIfAbsent(tag, key -> new TreeSet<>())
                                .add(node));
            }

            @Override
            public void hoard(String tag, Collection<String> nodes, int mebibytes) {
                act(
                        nodes,
                        FakeWorld::otherNode,
                        node -> hoarding.computeIfAbsent(tag, key -> new TreeMap<>())
                                .put(node, mebibytes));
            }

            @Override
            public void end(String tag, Collection<String> nodes) {
                burning.remove(tag);
                hoarding.remove(tag);
            }

            @Override
            public Map<String, NodeLoad> look() {
                return loads();
            }
        };
    }

    /** A testbed of this world that can do everything. */
    public Testbed testbed() {
        return new WorldTestbed(this);
    }
}
