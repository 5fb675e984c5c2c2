package aeterna.chaos.stack;

import aeterna.chaos.client.Alertmanager;
import aeterna.chaos.client.CacheEntrance;
import aeterna.chaos.client.OpalEntrance;
import aeterna.chaos.client.Prometheus;
import aeterna.chaos.client.QdrantEntrance;
import aeterna.chaos.client.QdrantPeer;
import aeterna.chaos.client.SqlEntrance;
import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.ConfigurationChecksum;
import aeterna.chaos.cluster.Manifests;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Evidence;
import aeterna.chaos.model.Image;
import aeterna.chaos.model.PortMapping;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.Topology;
import aeterna.chaos.time.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The HA stack on a testbed. */
public final class Stack {
    /** Where all of it is. */
    public static final String NAMESPACE = "aeterna";

    /** The images it is made of, by name. */
    public static final List<String> IMAGES = Stream.of(
                    Postgres.IMAGES,
                    Pooler.IMAGES,
                    Qdrant.IMAGES,
                    Cache.IMAGES,
                    Opal.IMAGES,
                    Api.IMAGES,
                    Backup.IMAGES,
                    Monitoring.IMAGES)
            .flatMap(List::stream)
            .distinct()
            .toList();

    /** As {@code stack/postgres/secrets.yaml} has it. */
    private static final SqlEntrance.Login APPLICATION = new SqlEntrance.Login("aeterna", "aeterna-chaos", "aeterna");

    /** As {@code stack/namespace.yaml} has it. */
    private static final String PROFILE = "aeterna.chaos/profile";

    private final Cluster cluster;
    private final Path folder;
    private final Profile profile;
    private final Map<String, Image> images;
    private final Clock clock;
    private final Api api;
    private final Postgres postgres;
    private final Pooler pooler;
    private final Cache cache;
    private final Opal opal;
    private final Backup backup;
    private final Qdrant qdrant;
    private final Monitoring monitoring;
    private final List<Component> components;

    /**
     * @param folder the folder {@code stack/}
     * @param images those of {@link #IMAGES}, by name; others are ignored
     */
    public Stack(Testbed testbed, Path folder, Profile profile, Map<String, Image> images, Clock clock) {
        cluster = testbed.cluster();
        this.folder = folder;
        this.profile = profile;
        this.images = Map.copyOf(images);
        this.clock = clock;
        var topology = testbed.topology();
        api = new Api(cluster, NAMESPACE, published(topology, 30080));
        postgres = new Postgres(
                cluster,
                NAMESPACE,
                new SqlEntrance(Postgres.ID, published(topology, 30433), APPLICATION),
                SqlEntrance.toStandbys("postgres replicas", published(topology, 30434), APPLICATION));
        pooler = new Pooler(cluster, NAMESPACE, new SqlEntrance(Pooler.ID, published(topology, 30432), APPLICATION));
        qdrant = new Qdrant(
                cluster,
                NAMESPACE,
                profile,
                new QdrantEntrance(
                        Qdrant.ID,
                        "http://127.0.0.1:" + published(topology, 30633),
                        Qdrant.COLLECTION,
                        profile.number("qdrant.dimensions")),
                IntStream.range(0, profile.number("qdrant.peers"))
                        .mapToObj(peer -> new QdrantPeer("http://127.0.0.1:" + published(topology, 30634 + peer)))
                        .toList());
        cache = new Cache(cluster, NAMESPACE, new CacheEntrance(Cache.ID, published(topology, 30379)));
        opal = new Opal(
                cluster,
                NAMESPACE,
                new OpalEntrance(
                        Opal.ID,
                        published(topology, 30702),
                        List.of(published(topology, 30703), published(topology, 30704))));
        backup = new Backup(
                cluster,
                NAMESPACE,
                postgres,
                restore -> new Manifests(folder.resolve(Backup.ID).resolve("on-demand")).filled(values(restore)));
        monitoring = new Monitoring(
                cluster,
                NAMESPACE,
                postgres,
                new Prometheus("http://127.0.0.1:" + published(topology, 30909)),
                new Alertmanager("http://127.0.0.1:" + published(topology, 30910)));
        components = List.of(postgres, pooler, qdrant, cache, opal, api, backup, monitoring);
    }

    private static int published(Topology topology, int nodePort) {
        return topology.ports().stream()
                .filter(port -> port.containerPort() == nodePort)
                .map(PortMapping::hostPort)
                .findFirst()
                .orElseThrow(() -> new Problem(
                        "the topology " + topology.name() + " does not publish the stack's port " + nodePort,
                        "Add it to its extraPortMappings."));
    }

    /** The API. */
    public Api api() {
        return api;
    }

    /** The database. */
    public Postgres postgres() {
        return postgres;
    }

    /** The pool of connections before it. */
    public Pooler pooler() {
        return pooler;
    }

    /** The vector store. */
    public Qdrant qdrant() {
        return qdrant;
    }

    /** The cache. */
    public Cache cache() {
        return cache;
    }

    /** The servers that tell policy engines of new data. */
    public Opal opal() {
        return opal;
    }

    /** The database's backups. */
    public Backup backup() {
        return backup;
    }

    /** What watches over it. */
    public Monitoring monitoring() {
        return monitoring;
    }

    /** All of its parts, in the order in which they can come up. */
    public List<Component> components() {
        return components;
    }

    /** The Deployments and StatefulSets whose pods can run on any worker. */
    public List<String> stateless() {
        return List.of("aeterna", "aeterna-postgres-pooler-rw", "aeterna-opal-server", "aeterna-dragonfly-operator");
    }

    /** The StatefulSets whose pods have a volume of their node, and can run nowhere else. */
    public List<String> nodeBound() {
        return List.of("aeterna-postgres", "aeterna-qdrant", "aeterna-dragonfly");
    }

    /** How it is configured. */
    public Profile profile() {
        return profile;
    }

    /** Where each component's image comes from. */
    public SortedMap<String, String> flavours() {
        return components.stream()
                .collect(Collectors.toMap(
                        Component::id,
                        component -> image(component.images().get(0)).flavour().toString(),
                        (one, other) -> one,
                        TreeMap::new));
    }

    /** What only the stack itself can tell of a finished run. */
    public List<Evidence> evidence() {
        return components.stream()
                .flatMap(component -> component.evidence().stream())
                .toList();
    }

    /** Every part is rolled out, no pod is coming or going, and every way in answers one question. */
    public SteadyCheck everythingReady() {
        var checks = Stream.concat(
                        Stream.of(SteadyCheck.named("all pods are Ready", () -> census().look(components))),
                        components.stream()
                                .flatMap(component -> component.entrances().stream())
                                .map(SteadyChecks::open))
                .toList();
        return SteadyChecks.all("everything is ready", checks);
    }

    /** One part is whole: its own pods, its ways in, and what it says of itself. */
    public SteadyCheck steady(Component component) {
        var checks = Stream.of(
                        Stream.of(SteadyCheck.named(component.id() + ": rolled out", () -> census().look(component))),
                        component.entrances().stream().map(SteadyChecks::open),
                        component.steady(profile).stream())
                .flatMap(Function.identity())
                .toList();
        return SteadyChecks.all(component.id() + " is steady", checks);
    }

    /** Everything is ready, and each part says of itself that it is whole. */
    public List<SteadyCheck> steady() {
        return Stream.concat(
                        Stream.of(everythingReady()),
                        components.stream().flatMap(component -> component.steady(profile).stream()))
                .toList();
    }

    /** The profile that was deployed last on a cluster; empty where no stack is. */
    public static Optional<String> deployedProfile(Cluster cluster) {
        return cluster.namespaceAnnotations(NAMESPACE).map(annotations -> annotations.get(PROFILE));
    }

    private Census census() {
        return Census.take(cluster, NAMESPACE);
    }

    /**
     * Deploys it, or what is missing or different of it, and waits until it is steady; on a testbed where all is well
     * already this takes seconds.
     *
     * @param patience when to give up
     * @throws Problem when it does not become steady: which check, since when, the last log lines, events
     */
    public void deploy(Progress progress, Duration patience) {
        var values = values(Map.of());
        var manifests = ConfigurationChecksum.annotate(Stream.concat(
                        Stream.of(folder), components.stream().map(component -> folder.resolve(component.id())))
                .flatMap(part -> new Manifests(part).filled(values).stream())
                .toList());
        new Deployment(cluster, NAMESPACE, clock, progress, patience)
                .carryOut(manifests, components, profile, steady());
    }

    private Map<String, String> values(Map<String, String> more) {
        var values = new TreeMap<>(more);
        IMAGES.forEach(name -> values.put("image." + name, image(name).reference()));
        return profile.with(values);
    }

    private Image image(String name) {
        var image = images.get(name);
        if (image == null) {
            throw new Problem("the stack has no image '" + name + "'", "Build it with `./chaos images`.");
        }
        return image;
    }
}
