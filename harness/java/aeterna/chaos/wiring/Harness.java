package aeterna.chaos.wiring;

import aeterna.chaos.cluster.Manifests;
import aeterna.chaos.cluster.NodeTimersFile;
import aeterna.chaos.cluster.Provider;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.cluster.TestbedRequest;
import aeterna.chaos.cluster.TopologyFile;
import aeterna.chaos.cluster.k3s.Blueprint;
import aeterna.chaos.cluster.k3s.K3sImages;
import aeterna.chaos.cluster.k3s.K3sProvider;
import aeterna.chaos.cluster.kube.KubeCluster;
import aeterna.chaos.doctor.Headroom;
import aeterna.chaos.doctor.Host;
import aeterna.chaos.image.ImageMode;
import aeterna.chaos.image.Images;
import aeterna.chaos.journal.Journal;
import aeterna.chaos.journal.Watcher;
import aeterna.chaos.journal.WatcherLog;
import aeterna.chaos.model.Image;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.process.Programs;
import aeterna.chaos.stack.Profile;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.Clock;
import aeterna.chaos.time.Timekeeper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The harness put together for one run. */
public final class Harness {
    /** What a testbed itself is made of. */
    private static final List<String> OF_TESTBED = List.of("node", "registry");

    /** What acts on testbeds and looks at them, and is no part of any. */
    private static final List<String> HELPERS = List.of("netops");

    /** What pods of every testbed run, whatever is deployed on it. */
    private static final List<String> ADD_ONS = List.of("coredns", "metrics-server", "local-path", "busybox");

    private final Path home;
    private final Path state;
    private final Settings settings;
    private final Images images;
    private final Programs programs;
    private final Map<String, String> environment;

    /**
     * @param home the project's folder
     * @param environment the process's variables
     */
    public Harness(Path home, Settings settings, Programs programs, Map<String, String> environment) {
        if (!Files.isDirectory(home.resolve("kind-config"))) {
            throw new Problem(
                    home + " is not the project's folder: it has no kind-config/",
                    "Run from a complete checkout, or set -Dchaos.home=<its folder>.");
        }
        this.home = home;
        this.settings = settings;
        this.programs = programs;
        this.environment = Map.copyOf(environment);
        this.state = Path.of(environment.getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache"))
                .resolve("aeterna-chaos");
        this.images = Images.of(home, settings.images(), programs, environment);
    }

    /** What a new testbed shall be; throws a {@link Problem} for names that do not exist. */
    public TestbedRequest request() {
        var folder = home.resolve("kind-config");
        return new TestbedRequest(
                settings.testbed(),
                new TopologyFile(folder).read(settings.topology()),
                new NodeTimersFile(folder.resolve("node-timers.yaml")).read(settings.timers()));
    }

    /**
     * Refuses, before anything is started, when the testbed would not fit on this machine.
     *
     * @param stack whether the stack shall be deployed on it
     */
    public void requireRoom(TestbedRequest wanted, boolean stack) {
        new Headroom(Host.ofProcess(programs, environment))
                .require(wanted.topology().nodes().size(), stack);
    }

    /** Sees to it that every image a testbed needs is in the engine; by name. */
    public Map<String, Image> ensureImages(Progress progress) {
        return ensureImages(imageNames(), progress);
    }

    /** Sees to it that those images are in the engine; by name. */
    public Map<String, Image> ensureImages(List<String> names, Progress progress) {
        return images.ensure(names, progress);
    }

    /** Sees to it that every image of the stack is in the engine, upstream's where that is wanted and can be; by name. */
    public Map<String, Image> ensureStack(Profile profile, Progress progress) {
        return settings.flavours()
                .ensure(home.resolve("stack"), images, settings.images(), profile.flavours(), progress);
    }

    /**
     * What may still be broken on the testbed, whoever broke it.
     *
     * @param watcher must watch before anything more is broken; {@link Watcher#none()} for those who only heal
     */
    public Journal journal(Clock clock, Watcher watcher) {
        // A file for each testbed: writers hold the testbed's lock, so there is never more than one.
        return new Journal(state.resolve(settings.testbed() + ".undo.jsonl"), clock, watcher);
    }

    /** What the testbed's watchers did since the last run. */
    public WatcherLog watcherLog() {
        return new WatcherLog(state.resolve(settings.testbed() + ".watcher.log"));
    }

    /** A watcher of this process, not started yet. */
    public WatcherProcess watcher(Timekeeper time) {
        return new WatcherProcess(home, settings.testbed(), watcherLog().file(), programs, time);
    }

    /** What earlier runs left on the testbed. */
    public Leftovers leftovers(Journal journal) {
        return new Leftovers(journal, watcherLog());
    }

    /** The stack of a testbed, by how it is configured; not deployed yet. */
    public Function<Profile, Stack> stack(Testbed testbed, Map<String, Image> images, Clock clock) {
        return profile -> new Stack(
                testbed,
                home.resolve("stack"),
                profile,
                images,
                settings.flavours().operators(),
                clock);
    }

    /**
     * The provider of testbeds.
     *
     * @param progress where the building of images shows, if a testbed has to be made
     */
    public Provider provider(Progress progress) {
        var recipes = images.recipes();
        var node = recipes.get("node");
        var nodeImages = new HashSet<String>();
        if (settings.images() != ImageMode.REAL) {
            nodeImages.add(node.tag());
        }
        if (settings.images() != ImageMode.OFFLINE) {
            node.real().ifPresent(nodeImages::add);
        }
        var fingerprint =
                madeOf().map(name -> recipes.get(name).tag()).collect(Collectors.joining("\n")) + addOns().texts();
        return new K3sProvider(
                new Blueprint(
                        recipes.get("netops").tag(),
                        () -> ensureImages(HELPERS, progress),
                        nodeImages,
                        fingerprint,
                        () -> materials(ensureImages(progress))),
                KubeCluster::connect,
                state);
    }

    private Blueprint.Materials materials(Map<String, Image> byName) {
        var inCluster = byName.entrySet().stream()
                .filter(image -> ADD_ONS.contains(image.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        var values = inCluster.values().stream()
                .collect(Collectors.toMap(image -> "image." + image.name(), Image::reference));
        return new Blueprint.Materials(
                new K3sImages(byName.get("node"), byName.get("registry"), inCluster), addOns().filled(values));
    }

    private Manifests addOns() {
        return new Manifests(home.resolve("kind-config/addons"));
    }

    private static Stream<String> madeOf() {
        return Stream.concat(OF_TESTBED.stream(), ADD_ONS.stream());
    }

    private static List<String> imageNames() {
        return Stream.concat(HELPERS.stream(), madeOf()).toList();
    }
}
