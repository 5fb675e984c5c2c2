package aeterna.chaos.stack;

import aeterna.chaos.client.Alertmanager;
import aeterna.chaos.client.CacheEntrance;
import aeterna.chaos.client.OpalEntrance;
import aeterna.chaos.client.OperatorManifest;
import aeterna.chaos.client.Prometheus;
import aeterna.chaos.client.QdrantEntrance;
import aeterna.chaos.client.QdrantPeer;
import aeterna.chaos.client.SqlEntrance;
import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.ConfigurationChecksum;
import aeterna.chaos.cluster.DisruptionBudget;
import aeterna.chaos.cluster.Manifests;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Evidence;
import aeterna.chaos.model.Flaw;
import aeterna.chaos.model.Image;
import aeterna.chaos.model.PortMapping;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.Topology;
import aeterna.chaos.time.Clock;
import aeterna.chaos.yaml.Yaml;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
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

    /**
     * Those of them that are needed when some components run upstream's software. The gateway, the object store, the exporter and what
     * watches are ours in any case.
     *
     * @param real the components' ids
     */
    public static List<String> images(Set<String> real) {
        return IMAGES.stream()
                .filter(image -> real.stream()
                        .noneMatch(id -> REPLACED.getOrDefault(id, List.of()).contains(image)))
                .toList();
    }

    /** Those that nobody needs where upstream's software runs, by component. */
    private static final Map<String, List<String>> REPLACED = Map.of(
            Postgres.ID, Postgres.IMAGES,
            Pooler.ID, Pooler.IMAGES,
            Qdrant.ID, Qdrant.IMAGES,
            Cache.ID, Cache.IMAGES,
            Opal.ID, Opal.IMAGES);

    /** As {@code stack/postgres/secrets.yaml} has it. */
    private static final SqlEntrance.Login APPLICATION = new SqlEntrance.Login("aeterna", "aeterna-chaos", "aeterna");

    /** As {@code stack/namespace.yaml} has them. */
    private static final String PROFILE = "aeterna.chaos/profile";

    private static final String UPSTREAM = "aeterna.chaos/upstream";

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
    private final ExpectedFlaws known;
    private final RealFlavours upstream;
    private final Set<String> real;
    private final Map<String, String> operators;

    /**
     * @param folder the folder {@code stack/}
     * @param images those of {@link #images}, and upstream's of components that run those, by name
     * @param operators where operators' manifests are had from, by component, where that is not where they usually are
     */
    public Stack(
            Testbed testbed,
            Path folder,
            Profile profile,
            Map<String, Image> images,
            Map<String, String> operators,
            Clock clock) {
        this.operators = Map.copyOf(operators);
        cluster = testbed.cluster();
        this.folder = folder;
        this.profile = profile;
        this.images = Map.copyOf(images);
        this.clock = clock;
        var topology = testbed.topology();
        known = profile.expected().on(topology);
        upstream = RealFlavours.read(folder);
        real = upstream.components().keySet().stream()
                .filter(id -> images.containsKey(RealFlavours.PREFIX + id))
                .collect(Collectors.toUnmodifiableSet());
        var pooled = profile.number("pooler.replicas") > 0;
        api = new Api(cluster, NAMESPACE, !real.contains(Api.ID), published(topology, 30080));
        postgres = new Postgres(
                cluster,
                NAMESPACE,
                real.contains(Postgres.ID),
                new SqlEntrance(Postgres.ID, published(topology, 30433), APPLICATION),
                SqlEntrance.toStandbys("postgres replicas", published(topology, 30434), APPLICATION));
        pooler = new Pooler(
                cluster,
                NAMESPACE,
                pooled,
                new SqlEntrance(Pooler.ID, published(topology, pooled ? 30432 : 30433), APPLICATION));
        qdrant = new Qdrant(
                cluster,
                NAMESPACE,
                profile,
                known,
                new QdrantEntrance(
                        Qdrant.ID,
                        "http://127.0.0.1:" + published(topology, 30633),
                        Qdrant.COLLECTION,
                        profile.number("qdrant.dimensions")),
                IntStream.range(0, profile.number("qdrant.peers"))
                        .mapToObj(peer -> new QdrantPeer("http://127.0.0.1:" + published(topology, 30634 + peer)))
                        .toList());
        cache = new Cache(
                cluster,
                NAMESPACE,
                real.contains(Cache.ID)
                        ? Cache.By.UPSTREAM
                        : profile.number("cache.operatorReplicas") > 0 ? Cache.By.OURS : Cache.By.NOBODY,
                new CacheEntrance(Cache.ID, published(topology, 30379)));
        opal = new Opal(
                cluster,
                NAMESPACE,
                profile.get("opal.name"),
                new OpalEntrance(
                        Opal.ID,
                        published(topology, 30702),
                        List.of(published(topology, 30703), published(topology, 30704))));
        backup = new Backup(
                cluster,
                NAMESPACE,
                postgres,
                Optional.of(Postgres.ID)
                        .filter(real::contains)
                        .map(id -> upstream.get(id).lacks().get("restore")),
                restore -> new Manifests(folder.resolve(Backup.ID).resolve("on-demand")).filled(values(restore)));
        monitoring = new Monitoring(
                cluster,
                NAMESPACE,
                postgres,
                new Prometheus("http://127.0.0.1:" + published(topology, 30909)),
                new Alertmanager("http://127.0.0.1:" + published(topology, 30910)),
                known);
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
                        component -> real.contains(component.id())
                                ? Image.Flavour.REAL.toString()
                                : image(component.images().get(0)).flavour().toString(),
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
                        demanded(component))
                .flatMap(Function.identity())
                .toList();
        return SteadyChecks.all(component.id() + " is steady", checks);
    }

    /** What a part says of itself, without what is known not to hold. */
    private Stream<SteadyCheck> demanded(Component component) {
        return component.steady(profile).stream().filter(check -> !known.has(Flaw.Kind.UNSTEADY, check.toString()));
    }

    /** Everything is ready, and each part says of itself that it is whole. */
    public List<SteadyCheck> steady() {
        return Stream.concat(Stream.of(everythingReady()), components.stream().flatMap(this::demanded))
                .toList();
    }

    /** The profile that was deployed last on a cluster; empty where no stack is. */
    public static Optional<String> deployedProfile(Cluster cluster) {
        return cluster.namespaceAnnotations(NAMESPACE).map(annotations -> annotations.get(PROFILE));
    }

    /** The components that were last deployed with upstream's software on a cluster; none where no stack is. */
    public static Set<String> deployedUpstream(Cluster cluster) {
        return cluster
                .namespaceAnnotations(NAMESPACE)
                .map(annotations -> annotations.getOrDefault(UPSTREAM, ""))
                .stream()
                .flatMap(ids -> Stream.of(ids.split(" ")))
                .filter(id -> !id.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    private Census census() {
        return Census.take(cluster, NAMESPACE, known);
    }

    /** The flaws that its profile is known to have on this testbed. */
    public ExpectedFlaws known() {
        return known;
    }

    /** What cannot be as it should, seen on the running stack. */
    public List<Flaw> flaws() {
        var census = census();
        var flaws = new ArrayList<>(census.placeless());
        var budgets = cluster.budgets(NAMESPACE);
        for (var budget : budgets) {
            // Counted here: of two budgets over one pod, Kubernetes keeps the count of one alone.
            var ready = census.ready(budget.labels());
            if (budget.observed() && budget.pods() > 0 && ready <= budget.wanted()) {
                flaws.add(new Flaw(
                        Flaw.Kind.BUDGET_BLOCKS,
                        budget.name(),
                        ready + " of " + budget.pods() + " pods are ready and " + budget.wanted() + " must stay"));
            }
        }
        census.pods().stream()
                .collect(Collectors.toMap(PodStatus::workload, Function.identity(), (one, other) -> one, TreeMap::new))
                .forEach((workload, pod) -> {
                    var over = budgets.stream()
                            .filter(budget -> pod.labels()
                                    .entrySet()
                                    .containsAll(budget.labels().entrySet()))
                            .map(DisruptionBudget::name)
                            .toList();
                    if (over.size() > 1) {
                        flaws.add(new Flaw(
                                Flaw.Kind.BUDGETS_OVERLAP,
                                workload,
                                "its pods are under " + String.join(" and ", over)
                                        + ", and the API server refuses to evict a pod of two budgets"));
                    }
                });
        for (var component : components) {
            flaws.addAll(component.flaws());
            component.steady(profile).forEach(check -> {
                var look = SteadyChecks.look(check);
                if (!look.steady()) {
                    flaws.add(new Flaw(Flaw.Kind.UNSTEADY, check.toString(), look.seen()));
                }
            });
        }
        return flaws;
    }

    /**
     * Deploys it, or what is missing or different of it, and waits until it is steady; on a testbed where all is well
     * already this takes seconds.
     *
     * @param patience when to give up
     * @throws Problem when it does not become steady: which check, since when, the last log lines, events
     */
    public void deploy(Progress progress, Duration patience) {
        new Deployment(cluster, NAMESPACE, clock, progress, patience, known)
                .carryOut(
                        operatorManifests(),
                        ConfigurationChecksum.annotate(manifests().texts()),
                        components,
                        profile,
                        steady());
    }

    /** What upstream's components need to be there first. */
    private List<String> operatorManifests() {
        return real.stream()
                .sorted()
                .map(upstream::get)
                .filter(component -> component.operator().isPresent())
                .map(component -> OperatorManifest.read(
                        operators.getOrDefault(
                                component.id(), component.operator().orElseThrow()),
                        component.images().entrySet().stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getValue,
                                        image -> image(RealFlavours.PREFIX + image.getKey())
                                                .reference()))))
                .toList();
    }

    private StackManifests manifests() {
        return new StackManifests(
                folder, components.stream().map(Component::id).toList(), real, profile, values(Map.of()));
    }

    /** Its objects as profile and flavours write them, fields that Kubernetes does not have included. */
    public List<Yaml> objects() {
        return manifests().objects();
    }

    private Map<String, String> values(Map<String, String> more) {
        var values = new TreeMap<>(more);
        images.forEach((name, image) -> values.put("image." + name, image.reference()));
        // What replaces a component stands wherever its manifests name ours.
        real.forEach(id -> REPLACED.getOrDefault(id, List.of())
                .forEach(name -> values.put(
                        "image." + name, image(RealFlavours.PREFIX + id).reference())));
        values.put("stack.upstream", String.join(" ", new TreeSet<>(real)));
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
