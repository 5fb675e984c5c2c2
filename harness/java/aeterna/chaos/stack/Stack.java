package aeterna.chaos.stack;

import aeterna.chaos.client.SqlEntrance;
import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.Manifests;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Rollout;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Evidence;
import aeterna.chaos.model.Image;
import aeterna.chaos.model.PortMapping;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.SteadyCheck.Look;
import aeterna.chaos.model.Topology;
import aeterna.chaos.time.Clock;
import aeterna.chaos.time.DurationText;
import aeterna.chaos.time.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The HA stack on a testbed. */
public final class Stack {
    /** Where all of it is. */
    public static final String NAMESPACE = "aeterna";

    /** The images it is made of, by name. */
    public static final List<String> IMAGES = Stream.of(Postgres.IMAGES, Pooler.IMAGES, Api.IMAGES)
            .flatMap(List::stream)
            .distinct()
            .toList();

    /** As {@code stack/postgres/secrets.yaml} has it. */
    private static final SqlEntrance.Login APPLICATION = new SqlEntrance.Login("aeterna", "aeterna-chaos", "aeterna");

    private static final int LOG_LINES = 12;
    private static final int EVENTS = 10;

    private final Cluster cluster;
    private final Path folder;
    private final Profile profile;
    private final Map<String, Image> images;
    private final Clock clock;
    private final Api api;
    private final Postgres postgres;
    private final Pooler pooler;
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
        postgres =
                new Postgres(cluster, NAMESPACE, new SqlEntrance(Postgres.ID, published(topology, 30433), APPLICATION));
        pooler = new Pooler(cluster, NAMESPACE, new SqlEntrance(Pooler.ID, published(topology, 30432), APPLICATION));
        components = List.of(postgres, pooler, api);
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

    /** All of its parts, in the order in which they can come up. */
    public List<Component> components() {
        return components;
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
        return new SteadyCheck() {
            @Override
            public Look look() {
                var rollouts = cluster.rollouts(NAMESPACE).stream()
                        .collect(Collectors.toMap(Rollout::name, rollout -> rollout, (one, other) -> one));
                for (var component : components) {
                    for (var workload : component.workloads()) {
                        if (!rollouts.containsKey(workload)) {
                            return new Look(false, workload + " is not deployed");
                        }
                    }
                }
                var pods = cluster.pods().stream().filter(Stack::counts).toList();
                var unfinished = rollouts.values().stream()
                        .filter(rollout -> !rollout.complete())
                        .map(Rollout::toString)
                        .sorted()
                        .toList();
                var unready = pods.stream().filter(Stack::unready).toList();
                if (!unfinished.isEmpty() || !unready.isEmpty()) {
                    var pieces = new ArrayList<>(unfinished);
                    unready.forEach(pod -> pieces.add(said(pod)));
                    return new Look(false, String.join("; ", pieces));
                }
                for (var component : components) {
                    for (var entrance : component.entrances()) {
                        var reply = entrance.ask();
                        if (!reply.error().isEmpty()) {
                            return new Look(false, "the way in through " + entrance + " is shut: " + reply.error());
                        }
                    }
                }
                return new Look(true, pods.size() + " pods ready, every way in answers");
            }

            @Override
            public String toString() {
                return "everything is ready";
            }
        };
    }

    /** A finished job's pod is neither there nor missing. */
    private static boolean counts(PodStatus pod) {
        return pod.namespace().equals(NAMESPACE) && !pod.phase().equals("Succeeded");
    }

    private static boolean unready(PodStatus pod) {
        return !pod.ready() || pod.terminating();
    }

    private static String said(PodStatus pod) {
        var state = pod.terminating() ? "is terminating" : pod.node().isEmpty() ? "is on no node" : "is not ready";
        return pod.name() + " " + state + (pod.trouble().isEmpty() ? "" : " (" + pod.trouble() + ")");
    }

    /**
     * Deploys it, or what is missing or different of it, and waits until it is steady; on a testbed where all is well
     * already this takes seconds.
     *
     * @param patience when to give up
     * @throws Problem when it does not become steady: which check, since when, the last log lines, events
     */
    public void deploy(Progress progress, Duration patience) {
        apply(progress);
        var expected = Duration.ofSeconds(45);
        try (var step = progress.begin("stack: until it is steady", expected)) {
            try {
                awaitSteady(step, patience, List.of(everythingReady()));
                components.forEach(component -> component.settle(profile));
                awaitSteady(step, patience, steady());
                components.forEach(Component::forgetEarlierWrites);
            } catch (Problem unsteady) {
                step.failed(unsteady.getMessage().lines().findFirst().orElse(""));
                throw unsteady;
            }
        }
    }

    /** Everything is ready, and each part says of itself that it is whole. */
    public List<SteadyCheck> steady() {
        return Stream.concat(
                        Stream.of(everythingReady()),
                        components.stream().flatMap(component -> component.steady(profile).stream()))
                .toList();
    }

    private void apply(Progress progress) {
        var values = profile.with(IMAGES.stream()
                .collect(Collectors.toMap(
                        name -> "image." + name, name -> image(name).reference())));
        var manifests = Stream.concat(
                        Stream.of(folder), components.stream().map(component -> folder.resolve(component.id())))
                .flatMap(part -> new Manifests(part).filled(values).stream())
                .toList();
        try (var step =
                progress.begin("stack: applying its manifests, profile " + profile.name(), Duration.ofSeconds(3))) {
            try {
                for (var i = 0; i < manifests.size(); i++) {
                    step.at(i, manifests.size(), "manifest " + (i + 1) + " of " + manifests.size());
                    cluster.apply(manifests.get(i));
                }
            } catch (RuntimeException refused) {
                step.failed("see below");
                throw refused;
            }
        }
    }

    private Image image(String name) {
        var image = images.get(name);
        if (image == null) {
            throw new Problem("the stack has no image '" + name + "'", "Build it with `./chaos images`.");
        }
        return image;
    }

    /** All checks must hold in one pass. */
    private void awaitSteady(Progress.Step step, Duration patience, List<SteadyCheck> checks) {
        var failing = new Failing(clock);
        var steady = Waiting.atMost(patience).every(Duration.ofMillis(500)).untilTrue(() -> {
            for (var i = 0; i < checks.size(); i++) {
                var look = failing.look(checks.get(i));
                if (!look.steady()) {
                    step.at(i, checks.size(), checks.get(i) + ": " + look.seen());
                    return false;
                }
            }
            return true;
        });
        if (!steady) {
            throw new Problem(
                    "the stack was not steady after " + DurationText.of(patience) + ": " + failing + "\n" + diagnosis(),
                    "Mend what it says, and run again: what runs already is kept.");
        }
    }

    /** What a person would look up first. */
    private String diagnosis() {
        var text = new LinkedHashMap<String, String>();
        try {
            cluster.pods().stream().filter(pod -> counts(pod) && unready(pod)).forEach(pod -> {
                var log = (cluster.log(NAMESPACE, pod.name(), true, LOG_LINES) + "\n"
                                + cluster.log(NAMESPACE, pod.name(), false, LOG_LINES))
                        .strip();
                text.put(said(pod) + ", its last log lines:", log.isEmpty() ? "(none)" : log);
            });
            var events = cluster.events(NAMESPACE).stream()
                    .filter(event -> event.type().equals("Warning"))
                    .map(Object::toString)
                    .toList();
            text.put(
                    "last warnings:",
                    events.isEmpty()
                            ? "(none)"
                            : String.join("\n", events.subList(Math.max(0, events.size() - EVENTS), events.size())));
        } catch (RuntimeException unreachable) {
            text.put("nothing more could be looked up:", String.valueOf(unreachable.getMessage()));
        }
        return text.entrySet().stream()
                .map(entry -> entry.getKey() + "\n  " + entry.getValue().replace("\n", "\n  "))
                .collect(Collectors.joining("\n"));
    }

    /** The check that does not hold, and since when it has been that one. */
    private static final class Failing {
        private final Clock clock;
        private String check = "";
        private String seen = "";
        private long since;
        private String sinceWallTime = "";

        Failing(Clock clock) {
            this.clock = clock;
        }

        Look look(SteadyCheck next) {
            Look look;
            try {
                look = next.look();
            } catch (RuntimeException unseen) {
                look = new Look(false, "could not be seen: " + unseen.getMessage());
            }
            if (!look.steady()) {
                if (!check.equals(next.toString())) {
                    check = next.toString();
                    since = clock.nanos();
                    sinceWallTime = clock.wallTime().toString();
                }
                seen = look.seen();
            }
            return look;
        }

        @Override
        public String toString() {
            return "'" + check + "' has not held since " + sinceWallTime + " (" + DurationText.of(clock.since(since))
                    + "): " + seen;
        }
    }
}
