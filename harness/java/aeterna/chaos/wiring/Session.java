package aeterna.chaos.wiring;

import aeterna.chaos.cluster.Provider;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.console.Console;
import aeterna.chaos.console.ConsoleProgress;
import aeterna.chaos.expect.Expectations;
import aeterna.chaos.expect.PromisePage;
import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.journal.Journal;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Evidence;
import aeterna.chaos.model.Hold;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.model.Setting;
import aeterna.chaos.model.Trial;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.observe.AlertWatch;
import aeterna.chaos.observe.ClusterEvidence;
import aeterna.chaos.observe.LastWords;
import aeterna.chaos.observe.PodWatch;
import aeterna.chaos.observe.RoleWatch;
import aeterna.chaos.observe.RouteWatch;
import aeterna.chaos.observe.ZoneClients;
import aeterna.chaos.observe.ZoneView;
import aeterna.chaos.process.Programs;
import aeterna.chaos.report.Report;
import aeterna.chaos.report.Reports;
import aeterna.chaos.report.RunFolder;
import aeterna.chaos.report.VerdictTable;
import aeterna.chaos.run.Runner;
import aeterna.chaos.run.Surroundings;
import aeterna.chaos.stack.Profile;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.DurationText;
import aeterna.chaos.time.Ticker;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** One run of scenarios: a testbed kept for this process, the stack on it, one history, one report. Closing it writes the report. */
public final class Session implements AutoCloseable {
    /** Healing takes seconds, the ledger and the evidence at most half a minute each when all goes wrong. */
    private static final Duration END = Duration.ofSeconds(90);

    private static final Duration REPORT = Duration.ofSeconds(20);

    private static final DateTimeFormatter RUN_NAME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss").withZone(ZoneOffset.UTC);

    /** Where clients inside the zones would go: to the API, and to the database behind it. */
    private static final List<ZoneView.Service> SEEN_FROM_ZONES = List.of(
            new ZoneView.Service("api", "app.kubernetes.io/name", "aeterna", 8080),
            new ZoneView.Service("postgres", "cnpg.io/podRole", "instance", 5432));

    /** What those clients ask: the API for a tenant that is always there; whether the pooler, Qdrant and the cache answer at all. */
    private static final List<ZoneClients.Service> ASKED_FROM_ZONES = List.of(
            new ZoneClients.Service(
                    "api read",
                    "aeterna",
                    8080,
                    get(
                            "/api/v1/admin/tenants/default",
                            "X-User-ID: aeterna-chaos",
                            "X-User-Role: PlatformAdmin",
                            "X-Tenant-ID: default"),
                    "HTTP/1.1 200"),
            // Whether it speaks TLS, which PostgreSQL's protocol lets one ask before anything else: N is no.
            new ZoneClients.Service(
                    "pooler answer", "aeterna-postgres-pooler-rw", 5432, "\0\0\0\b\u0004\u00d2\u0016/", "N"),
            new ZoneClients.Service("qdrant ready", "aeterna-qdrant", 6333, get("/readyz"), "HTTP/1.1 200"),
            new ZoneClients.Service("cache ping", "aeterna-dragonfly", 6379, "PING\r\n", "+PONG"));

    private final Console console;
    private final Progress progress;
    private final Position position;
    private final Optional<MetricsPush> pushMetrics;
    private final Timekeeper time;
    private final long seed;
    private final Duration steadyWithin;
    private final boolean dryRun;
    private final int trials;
    private final boolean repeatVoid;
    private final EarlierParts earlier;
    private final Provider.Reservation reservation;
    private final BiFunction<Testbed, Profile, Stack> stacks;
    private final Mending mending;
    private Ground ground;
    private final Journal journal;
    private final WatcherProcess watcher;
    private final Expectations expectations;
    private final PromisePage page;
    private final RunFolder folder;
    private final HistoryFile histories;
    private final Thread onInterrupt;
    private final CountDownLatch closed = new CountDownLatch(1);
    private Runner running;
    private String current = "";
    private Problem lost;
    private boolean ending;

    private Session(
            Console console,
            Progress progress,
            Timekeeper time,
            SessionSettings settings,
            Expectations expectations,
            PromisePage page,
            Parts parts) {
        this.console = console;
        this.progress = progress;
        this.time = time;
        position = new Position(progress, time, settings.planned());
        pushMetrics = settings.pushMetrics();
        this.expectations = expectations;
        this.page = page;
        earlier = parts.earlier();
        seed = settings.seed(earlier.seed());
        steadyWithin = settings.steadyWithin();
        dryRun = settings.dryRun();
        trials = settings.trials();
        repeatVoid = settings.repeatVoid();
        reservation = parts.reservation();
        stacks = parts.stacks();
        ground = new Ground(parts.testbed(), stacks.apply(parts.testbed(), parts.profile()));
        mending = parts.mending();
        journal = parts.journal();
        watcher = parts.watcher();
        folder = earlier.folder();
        histories = HistoryFile.open(folder.history());
        new Reports(settings.reports()).markLatest(folder);
        onInterrupt = new Thread(this::end, "end-run");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
    }

    private static String get(String path, String... headers) {
        var more = Arrays.stream(headers).map(header -> header + "\r\n").collect(Collectors.joining());
        return "GET " + path + " HTTP/1.1\r\nHost: in-zone\r\nConnection: close\r\n" + more + "\r\n";
    }

    /** What takes long to make. */
    private record Parts(
            EarlierParts earlier,
            Provider.Reservation reservation,
            Testbed testbed,
            Profile profile,
            BiFunction<Testbed, Profile, Stack> stacks,
            Mending mending,
            Journal journal,
            WatcherProcess watcher) {}

    /** Finds or makes the testbed, and deploys the stack on it. */
    public static Session open(SessionSettings settings, Programs programs, Map<String, String> environment) {
        var console = Console.ofSystem();
        var time = Timekeeper.system();
        var progress = new ConsoleProgress(console, time, Ticker.system());
        // Read first: a mistake in a file is told before anything is made.
        var profile = settings.profile();
        var expectations = Expectations.read(settings.home().resolve("scenarios/expected.yaml"));
        var earlier = EarlierParts.of(new Reports(settings.reports()), settings, RUN_NAME.format(time.wallTime()));
        var page = PromisePage.read(settings.home().resolve("docs/promises.md"));
        var harness = new Harness(settings.home(), settings.testbed(), programs, environment);
        var request = harness.request();
        var provider = harness.provider(progress);
        var started = Started.look(provider, request.name(), settings.keep());
        if (started.testbedIsOurs() && !settings.dryRun()) {
            harness.requireRoom(request, true);
        }
        var images = harness.ensureStack(profile, progress);
        var reservation = provider.reserve(request.name());
        var watcher = harness.watcher(time);
        try {
            var testbed = settings.dryRun() ? there(provider, request.name()) : provider.up(request, progress);
            // It is ready long before the stack is.
            watcher.start();
            var journal = harness.journal(time, watcher);
            BiFunction<Testbed, Profile, Stack> stacks =
                    (on, configured) -> harness.stack(on, images, time).apply(configured);
            var mending = new Mending(
                    provider,
                    request,
                    images.values(),
                    stacks,
                    harness.leftovers(journal),
                    settings.steadyWithin(),
                    progress,
                    time,
                    console.out()::println);
            if (!settings.dryRun()) {
                harness.leftovers(journal).undo(testbed, console.out()::println);
                started.beforeTheStack(testbed);
                try {
                    testbed.provide(images.values(), progress);
                    var configured = stacks.apply(testbed, profile);
                    configured.deploy(progress, settings.steadyWithin());
                    FlawList.of(configured, testbed.topology(), progress).requireAsKnown(profile.name());
                } catch (RuntimeException unsteady) {
                    throw started.undone(testbed, unsteady);
                }
            }
            return new Session(
                    console,
                    progress,
                    time,
                    settings,
                    expectations,
                    page,
                    new Parts(earlier, reservation, testbed, profile, stacks, mending, journal, watcher));
        } catch (RuntimeException failed) {
            watcher.close();
            reservation.close();
            throw failed;
        }
    }

    private static Testbed there(Provider provider, String name) {
        return provider.find(name)
                .orElseThrow(() -> new Problem(
                        "there is no testbed " + name + " on which to see whom a fault would hit",
                        "Make it with `./chaos up`."));
    }

    /**
     * Sees to it that a scenario finds the stack steady, whatever the one before it left.
     *
     * @throws Problem when the ground is lost; that the scenario was VOID for it is in the history then
     */
    public void ready(String scenario) {
        if (scenario.equals(current)) {
            return;
        }
        var first = current.isEmpty();
        current = scenario;
        console.out().println(position.next(scenario));
        if (first || dryRun) {
            return;
        }
        try {
            if (lost == null) {
                ground = mending.mend(ground);
                return;
            }
        } catch (RuntimeException gone) {
            lost = gone instanceof Problem problem
                    ? problem
                    : new Problem("the testbed could not be mended: " + gone, "See ./chaos status.", gone);
        }
        neverBegun(setting(scenario), lost.getMessage());
        throw lost;
    }

    private void neverBegun(Setting setting, String because) {
        var now = time.nanos();
        try (var recording = histories.begin(new Entry.Began(
                now, time.wallTime(), setting, "(never begun)", "nothing", Hold.oneShot(), List.of()))) {
            recording.record(new Entry.Judged(now, Verdict.VOID, "the testbed was lost: " + because));
        }
    }

    /** The stack, steady. */
    public Stack stack() {
        return ground.stack();
    }

    /** The same stack configured otherwise; not deployed yet. */
    public Stack stack(Profile profile) {
        return stacks.apply(ground.testbed(), profile);
    }

    /** Deploys a stack in place of the one that is there, and waits until it is steady. */
    public void deploy(Stack other) {
        other.deploy(progress, steadyWithin);
    }

    /** The testbed it is on. */
    public Testbed testbed() {
        return ground.testbed();
    }

    /** The time that the run's entries are stamped with. */
    public Timekeeper time() {
        return time;
    }

    /**
     * A runner for one scenario.
     *
     * @param sources what of the page it tests: numbers of {@code docs/promises.md}
     * @throws Problem when the process was told to end
     */
    public Runner runner(String scenario, String... sources) {
        var setting = setting(scenario, sources);
        var runner = new Runner(
                ground.testbed(),
                time,
                journal,
                histories,
                trial -> surroundings(setting, trial),
                position,
                earlier.missing(scenario, trials, repeatVoid));
        return running(dryRun ? runner.dry() : runner);
    }

    private Setting setting(String scenario, String... sources) {
        var provider = ground.testbed().provider();
        var profile = ground.stack().profile().name();
        return new Setting(
                folder.name(),
                scenario,
                Trial.ONLY,
                seed,
                provider,
                ground.testbed().topology().name(),
                profile,
                ground.stack().flavours(),
                expectations.of(scenario, profile, provider),
                page.named(sources).stream().map(PromisePage.Line::toString).toList());
    }

    /** Each trial chooses by a seed of its own, which runs it again by itself. */
    private Surroundings surroundings(Setting scenario, Trial trial) {
        var setting = scenario.with(trial, seed + trial.number() - 1);
        position.at(setting);
        var testbed = ground.testbed();
        var stack = ground.stack();
        List<Evidence> evidence =
                new ArrayList<>(ClusterEvidence.of(testbed.cluster(), testbed.machines(), Stack.NAMESPACE));
        evidence.addAll(stack.evidence());
        var lastWords = new LastWords(testbed.cluster(), Stack.NAMESPACE, time);
        evidence.add(lastWords);
        List<Observer> observers = new ArrayList<>(List.of(
                new PodWatch(testbed.cluster(), Stack.NAMESPACE, time),
                new RouteWatch(testbed.cluster(), Stack.NAMESPACE, time),
                lastWords));
        if (testbed.capabilities().contains(Capability.TRAFFIC)) {
            observers.add(new ZoneView(testbed, Stack.NAMESPACE, SEEN_FROM_ZONES, time));
            observers.add(new ZoneClients(
                    testbed, Stack.NAMESPACE, "app.kubernetes.io/name", "aeterna-vantage", ASKED_FROM_ZONES, time));
        }
        observers.add(new AlertWatch(() -> stack.monitoring().alertmanager().raised(), time));
        stack.components().forEach(component -> observers.add(new RoleWatch(component.id(), component::roles, time)));
        return new Surroundings(setting, observers, evidence, folder.evidence(setting));
    }

    private synchronized Runner running(Runner next) {
        if (ending) {
            throw new Problem(
                    "interrupted: scenarios that had not begun were not run", "Run again; the testbed stays as it is.");
        }
        running = next;
        return next;
    }

    /** Ctrl-C, or a polite request to end: the scenario under way heals what it broke, and the report is written. */
    private void end() {
        Runner last;
        synchronized (this) {
            ending = true;
            last = running;
        }
        console.err()
                .println("chaos: interrupted: undoing what is broken and saving what was seen, within "
                        + DurationText.of(END) + " at most");
        try {
            if (last != null && !last.end(END)) {
                console.err().println("chaos: it was not over in that time; ./chaos heal undoes what is left");
                return;
            }
            if (!closed.await(REPORT.toMillis(), TimeUnit.MILLISECONDS)) {
                console.err().println("chaos: nothing is broken; the report was not written, ./chaos report does so");
            }
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
        }
    }

    /** The folder in which its report is. */
    public RunFolder folder() {
        return folder;
    }

    @Override
    public void close() {
        // Writing files is refused to an interrupted thread, and the report is wanted all the same.
        var interrupted = Thread.interrupted();
        try {
            finish();
        } finally {
            closed.countDown();
            forgetHook();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void forgetHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException ended) {
            // The process is ending already, and the hook runs.
        }
    }

    private void finish() {
        histories.close();
        try {
            var report = Report.read(folder);
            // First what needs no disk: it may be full.
            console.out().println(VerdictTable.of(report.histories()));
            report.write();
            console.out().println("report: " + report.folder().page().toUri());
            pushMetrics
                    .flatMap(push -> push.send(folder.metrics()))
                    .ifPresent(failed -> console.err().println("chaos: the metrics were not sent: " + failed));
        } finally {
            ground.testbed().close();
            watcher.close();
            reservation.close();
        }
    }
}
