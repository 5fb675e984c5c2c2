package aeterna.chaos.wiring;

import aeterna.chaos.cluster.Provider;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.console.Console;
import aeterna.chaos.console.ConsoleProgress;
import aeterna.chaos.expect.Expectations;
import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.journal.Journal;
import aeterna.chaos.model.Evidence;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Progress;
import aeterna.chaos.model.Setting;
import aeterna.chaos.observe.ClusterEvidence;
import aeterna.chaos.observe.LastWords;
import aeterna.chaos.observe.PodWatch;
import aeterna.chaos.observe.RoleWatch;
import aeterna.chaos.process.Programs;
import aeterna.chaos.report.Report;
import aeterna.chaos.report.Reports;
import aeterna.chaos.report.RunFolder;
import aeterna.chaos.report.VerdictTable;
import aeterna.chaos.run.Runner;
import aeterna.chaos.run.Surroundings;
import aeterna.chaos.stack.Profile;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.Ticker;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** One run of scenarios: a testbed kept for this process, the stack on it, one history, one report. Closing it writes the report. */
public final class Session implements AutoCloseable {
    private static final DateTimeFormatter RUN_NAME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss").withZone(ZoneOffset.UTC);

    /** Far beyond the usual 45 s: a deployment that takes this long never ends. */
    public static final Duration STEADY = Duration.ofMinutes(6);

    private final Console console;
    private final Progress progress;
    private final Timekeeper time;
    private final long seed;
    private final Provider.Reservation reservation;
    private final Testbed testbed;
    private final Stack stack;
    private final Function<Profile, Stack> otherwise;
    private final Journal journal;
    private final WatcherProcess watcher;
    private final Expectations expectations;
    private final RunFolder folder;
    private final HistoryFile histories;

    private Session(
            Console console,
            Progress progress,
            Timekeeper time,
            SessionSettings settings,
            Expectations expectations,
            Parts parts) {
        this.console = console;
        this.progress = progress;
        this.time = time;
        this.expectations = expectations;
        seed = settings.drawSeed();
        reservation = parts.reservation();
        testbed = parts.testbed();
        otherwise = parts.stack();
        stack = otherwise.apply(parts.profile());
        journal = parts.journal();
        watcher = parts.watcher();
        var reports = new Reports(settings.reports());
        folder = reports.begin(RUN_NAME.format(time.wallTime()));
        histories = HistoryFile.open(folder.history());
        reports.markLatest(folder);
    }

    /** What takes long to make. */
    private record Parts(
            Provider.Reservation reservation,
            Testbed testbed,
            Profile profile,
            Function<Profile, Stack> stack,
            Journal journal,
            WatcherProcess watcher) {}

    /** Finds or makes the testbed, and deploys the stack on it. */
    public static Session open(SessionSettings settings, Programs programs, Map<String, String> environment) {
        var console = Console.ofSystem();
        var time = Timekeeper.system();
        var progress = new ConsoleProgress(console, time, Ticker.system());
        // Read first: a mistake in a file is told before anything is made.
        var profile = Profile.read(settings.home().resolve("stack"), settings.profile());
        var expectations = Expectations.read(settings.home().resolve("scenarios/expected.yaml"));
        var harness = new Harness(settings.home(), settings.testbed(), programs, environment);
        var request = harness.request();
        var images = harness.ensureImages(Stack.IMAGES, progress);
        var provider = harness.provider(progress);
        var reservation = provider.reserve(request.name());
        var watcher = harness.watcher(time);
        try {
            var testbed = provider.up(request, progress);
            // It is ready long before the stack is.
            watcher.start();
            var journal = harness.journal(time, watcher);
            harness.leftovers(journal).undo(testbed, console.out()::println);
            testbed.provide(images.values(), progress);
            var stack = harness.stack(testbed, images, time);
            stack.apply(profile).deploy(progress, STEADY);
            return new Session(
                    console,
                    progress,
                    time,
                    settings,
                    expectations,
                    new Parts(reservation, testbed, profile, stack, journal, watcher));
        } catch (RuntimeException failed) {
            watcher.close();
            reservation.close();
            throw failed;
        }
    }

    /** The stack, steady. */
    public Stack stack() {
        return stack;
    }

    /** The same stack configured otherwise; not deployed yet. */
    public Stack stack(Profile profile) {
        return otherwise.apply(profile);
    }

    /** Deploys a stack in place of the one that is there, and waits until it is steady. */
    public void deploy(Stack other) {
        other.deploy(progress, STEADY);
    }

    /** The testbed it is on. */
    public Testbed testbed() {
        return testbed;
    }

    /** The time that the run's entries are stamped with. */
    public Timekeeper time() {
        return time;
    }

    /** A runner for one scenario. */
    public Runner runner(String scenario) {
        var setting = new Setting(
                folder.name(),
                scenario,
                seed,
                testbed.provider(),
                stack.profile().name(),
                stack.flavours(),
                expectations.of(scenario, stack.profile().name(), testbed.provider()));
        List<Evidence> evidence =
                new ArrayList<>(ClusterEvidence.of(testbed.cluster(), testbed.machines(), Stack.NAMESPACE));
        evidence.addAll(stack.evidence());
        var lastWords = new LastWords(testbed.cluster(), Stack.NAMESPACE, time);
        evidence.add(lastWords);
        List<Observer> observers =
                new ArrayList<>(List.of(new PodWatch(testbed.cluster(), Stack.NAMESPACE, time), lastWords));
        stack.components().forEach(component -> observers.add(new RoleWatch(component.id(), component::roles, time)));
        var surroundings = new Surroundings(setting, observers, evidence, folder.evidence(scenario));
        return new Runner(testbed, time, journal, histories, surroundings, progress);
    }

    /** The folder in which its report is. */
    public RunFolder folder() {
        return folder;
    }

    @Override
    public void close() {
        histories.close();
        try {
            var report = Report.read(folder);
            report.write();
            console.out().println(VerdictTable.of(report.histories()));
            console.out().println("report: " + report.folder().page().toUri());
        } finally {
            testbed.close();
            watcher.close();
            reservation.close();
        }
    }
}
