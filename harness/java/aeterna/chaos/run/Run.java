package aeterna.chaos.run;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.fault.Aimed;
import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.history.Recording;
import aeterna.chaos.journal.Healer;
import aeterna.chaos.journal.Journal;
import aeterna.chaos.model.Client;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Hold;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.Words;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.workload.Workload;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;

/** One experiment being carried out: the steps of {@link Runner#run}, and what they hand on to each other. */
final class Run {
    /** Between two looks at the same thing. */
    private static final Duration INTERVAL = Duration.ofMillis(250);
    /** A single look that takes longer is a look that saw nothing, so that one hung call does not use up the patience. */
    private static final Duration LOOK = Duration.ofSeconds(10);
    /** What each piece of evidence and each attempt to read back may take, and all of them when the run is void anyway. */
    private static final Duration TIDYING = Duration.ofSeconds(30);

    /** Between two looks at whether the testbed is still there. */
    private static final Duration THERE = Duration.ofSeconds(5);

    /** The engine is busy now and then, and answers late or not at all. */
    private static final int ENGINE_SILENT = 3;

    /** What the reason of a run that was not to touch anything begins with. */
    static final String DRY_RUN = "dry run, nothing was touched: ";

    private final Experiment experiment;
    private final Testbed testbed;
    private final Timekeeper time;
    private final Journal journal;
    private final Surroundings surroundings;
    private final Progress progress;
    private final Recording recording;
    private final Service service = new Service();
    private final Recorder recorder;
    private final SteadyWatch steadiness;
    private final List<Observer.Watch> watches = new ArrayList<>();

    /** Set by the thread that starts it, so that one which starts too late is stopped all the same. */
    private volatile Workload.Running workload;

    private Aimed aimed;
    private boolean undoOwed;
    private boolean actHangs;
    private long landedAt;
    private final long began;
    private long lookedForTestbed;
    private int testbedMissed;

    private String because;
    private Throwable cause;
    private boolean interrupted;
    private final AbortWatch abortWatch;

    Run(
            Experiment experiment,
            Testbed testbed,
            Timekeeper time,
            Journal journal,
            HistoryFile histories,
            Surroundings surroundings,
            Progress progress) {
        this.experiment = experiment;
        this.testbed = testbed;
        this.time = time;
        this.journal = journal;
        this.surroundings = surroundings;
        this.progress = progress;
        began = time.nanos();
        lookedForTestbed = began;
        abortWatch = new AbortWatch(experiment.abortUnless(), time, INTERVAL, LOOK);
        recording = histories.begin(new Entry.Began(
                time.nanos(),
                time.wallTime(),
                surroundings.setting(),
                experiment.toString(),
                experiment.fault().toString(),
                experiment.hold(),
                experiment.promises().stream().map(Promise::toString).toList()));
        recorder = entry -> {
            recording.record(entry);
            service.record(entry);
        };
        steadiness = new SteadyWatch(experiment.steadyWhen(), time, recorder, INTERVAL, LOOK);
    }

    /** A step of a run; what it throws ends the run. */
    interface Step {
        void take() throws Exception;
    }

    /** Takes a step unless the run is void already; what goes wrong in it makes the run void. */
    void unlessVoid(Phase phase, Step step) {
        noteInterrupt(phase);
        if (because == null) {
            take(phase, () -> {
                demandInBudget();
                step.take();
            });
        }
    }

    /** Takes a step whatever happened before, an interrupt included; what goes wrong in it never replaces the cause. */
    void always(Phase phase, Step step) {
        abortWatch.end();
        noteInterrupt(phase);
        take(phase, step);
    }

    /** Voids the run; clears the mark, for healing must not be interrupted by what made it necessary. */
    private void noteInterrupt(Phase next) {
        if (Thread.interrupted()) {
            voidedByInterrupt("interrupted before it was to " + next, new InterruptedException());
        }
    }

    /** An interrupt of our own is an abort, and is not passed on. */
    private void voidedByInterrupt(String otherwise, InterruptedException stopped) {
        var abort = abortWatch.because();
        interrupted |= abort.isEmpty();
        voided(abort.map(why -> "aborted: " + why).orElse(otherwise), stopped);
    }

    private String budget(Phase phase) {
        return phase == Phase.HEAL_LEFTOVERS ? " (all steps within " + Words.of(experiment.budget()) + ")" : "";
    }

    private void take(Phase phase, Step step) {
        recorder.record(new Entry.PhaseBegan(time.nanos(), phase));
        var shown = progress.begin(phase.number() + " " + phase + budget(phase), Duration.ZERO);
        try {
            step.take();
            shown.close();
        } catch (Voidance voidance) {
            voided(voidance.getMessage(), voidance.getCause());
            shown.failed(voidance.getMessage());
        } catch (InterruptedException stopped) {
            voidedByInterrupt("interrupted while it was to " + phase, stopped);
            shown.failed(abortWatch.because().map(why -> "aborted").orElse("interrupted"));
        } catch (Throwable failed) { // whatever it is, an Error too: the fault must be undone first
            var what = said(failed);
            voided("could not " + phase + ": " + what, failed);
            shown.failed(what);
        }
    }

    // 1
    void healLeftovers() throws Exception {
        time.within(experiment.patience(), () -> journal.heal(testbed.name(), Healer.through(testbed)));
    }

    // 2
    void demandSteady() throws Exception {
        demandCapable();
        if (!until(experiment.patience(), () -> steadiness.look().steady())) {
            throw new Voidance("not steady before the fault: " + unsteady());
        }
    }

    private void demandCapable() throws Voidance {
        var missing = new HashSet<>(experiment.fault().requires());
        missing.removeAll(testbed.capabilities());
        if (!missing.isEmpty()) {
            throw new Voidance("not applicable: this testbed (" + testbed.provider() + ") cannot do " + missing);
        }
    }

    // 3
    void computeFloor() throws InterruptedException {
        attempt("floor", LOOK, () -> experiment.fault().floor())
                .flatMap(floor -> floor)
                .ifPresent(floor -> recorder.record(new Entry.FloorComputed(time.nanos(), floor)));
    }

    // 4
    void startWorkloads() throws Exception {
        for (var observer : surroundings.observers()) {
            attempt("observer", LOOK, () -> observer.watch(recorder)).ifPresent(watches::add);
        }
        for (var observer : experiment.observers()) {
            attempt("observer", LOOK, () -> observer.watch(recorder)).ifPresent(watches::add);
        }
        time.within(
                experiment.patience(), () -> workload = experiment.workload().start(time, recorder));
        if (!until(
                experiment.patience(),
                () -> service.coldest(experiment.warmUp()).isEmpty())) {
            throw new Voidance("the clients never ran: "
                    + service.coldest(experiment.warmUp()).orElse("they began too late"));
        }
    }

    // 5
    void inject() throws Exception {
        abortWatch.begin();
        var chance = chance();
        time.within(experiment.patience(), () -> {
            testbed.demandOurs();
            return true;
        });
        aimed = time.within(experiment.patience(), () -> experiment.fault().aim(testbed, chance));
        demandWithinBound(aimed.planned().hit());
        var before = sight().orElseThrow(() ->
                new Voidance("the witness saw nothing before the fault, so it proves nothing" + lastTrouble()));
        if (before.seen() != Seen.NOTHING) {
            throw new Voidance("the damage was there before the fault: " + before);
        }
        var planned = aimed.planned();
        announce();
        recorder.record(new Entry.Injecting(time.nanos(), planned));
        try {
            time.within(experiment.patience(), () -> {
                aimed.inject();
                return null;
            });
        } catch (TimeoutException hung) {
            actHangs = true;
            throw new Voidance("the fault was still not injected after " + Words.of(experiment.patience()), hung);
        } catch (InterruptedException leftBehind) {
            actHangs = true;
            throw leftBehind;
        }
        recorder.record(new Entry.InjectionDone(time.nanos()));
        steadiness.begin();
    }

    private void demandWithinBound(Hit hit) throws Voidance {
        var exceeded = experiment.bound().exceededBy(hit);
        if (exceeded.isPresent()) {
            throw new Voidance("refused: the fault would hit " + exceeded.get());
        }
    }

    /** Takes the place of all other steps when nothing is to be touched: says whom the fault would hit. */
    void preview() throws Exception {
        demandCapable();
        var aim = time.within(experiment.patience(), () -> experiment.fault().aim(testbed, chance()));
        var hit = aim.planned().hit();
        demandWithinBound(hit);
        throw new Voidance(DRY_RUN + "would " + experiment.fault() + ": pods " + hit.pods() + ", nodes " + hit.nodes()
                + ", zones " + hit.zones() + "; steps back: " + aim.planned().undo());
    }

    private Random chance() {
        var setting = surroundings.setting();
        return new Random(31 * setting.seed() + setting.scenario().hashCode());
    }

    // 6
    void demandLanded() throws Exception {
        var last = new Sighting[] {new Sighting(Seen.NOTHING, "the witness never had an answer")};
        var landed = until(experiment.patience(), () -> {
            sight().ifPresent(sighting -> last[0] = sighting);
            if (last[0].seen() == Seen.ELSEWHERE) {
                throw new Voidance("the fault hit somebody else: " + last[0].what());
            }
            return last[0].seen() == Seen.LANDED;
        });
        if (!landed) {
            throw new Voidance("the fault did not land: " + last[0]);
        }
        landedAt = time.nanos();
    }

    // 7
    void hold() throws Exception {
        var hold = experiment.hold();
        var longest = experiment.patience().plus(hold.minimum());
        var since = landedAt;
        var stayed = new boolean[] {true};
        var over = until(longest, () -> {
            if (hold.kind() != Hold.Kind.ONE_SHOT) {
                stayed[0] = stillThere();
            }
            var served = service.darkest(since, time.nanos()).isEmpty();
            var longEnough = time.since(since).compareTo(hold.minimum()) >= 0;
            return stayed[0] && longEnough && (served || hold.kind() == Hold.Kind.FIXED);
        });
        if (!stayed[0]) {
            throw new Voidance("nobody could see whether the fault stayed in place");
        }
        if (over && service.darkest(since, time.nanos()).isEmpty()) {
            recorder.record(new Entry.Served(time.nanos()));
        }
    }

    // 8
    void heal() throws Exception {
        if (!undoOwed) {
            return;
        }
        try {
            undo();
        } catch (InterruptedException stopped) {
            // Half undone is still broken; and the second time nobody may stop it but its own limit.
            interrupted = true;
            voided("interrupted while it was to " + Phase.HEAL, stopped);
            undo();
        }
        undoOwed = false;
        recorder.record(new Entry.Healed(time.nanos()));
        if (actHangs) {
            announce(); // it may still come to do its damage: whoever comes next heals once more
        }
    }

    private void undo() throws Exception {
        time.within(experiment.patience(), () -> journal.heal(testbed.name(), Healer.through(testbed)));
    }

    // 9
    void awaitRedundant() throws Exception {
        var healed = time.nanos();
        if (experiment.hold().kind() != Hold.Kind.ONE_SHOT
                && !until(
                        experiment.patience(),
                        () -> sight().filter(seen -> seen.seen() == Seen.NOTHING)
                                .isPresent())) {
            throw new Voidance("the damage was still there after healing");
        }
        if (until(experiment.patience(), () -> steadiness.steadySince(healed))) {
            recorder.record(new Entry.Redundant(time.nanos()));
        }
        if (recording.history().first(Entry.Served.class).isEmpty()
                && until(
                        experiment.patience(),
                        () -> service.darkest(healed, time.nanos()).isEmpty())) {
            recorder.record(new Entry.Served(time.nanos()));
        }
    }

    // 10
    void linger() throws Exception {
        var end = time.nanos() + experiment.linger().toNanos();
        until(experiment.linger(), () -> time.nanos() >= end);
        while (testbedMissed > 0) {
            // Missed at the last look: the verdict must not rest on what is gone.
            time.pause(THERE);
            demandTestbed();
        }
    }

    // 11
    void readBack() throws Exception {
        if (workload != null && because == null) {
            seeToItsEnd();
        }
        steadiness.end();
        if (workload == null) {
            return;
        }
        workload.stop();
        var longest = service.clients().stream().map(Client::deadline).reduce(LOOK, Run::longer);
        if (!await(longest, workload::idle)) {
            trouble("workload", "requests were still in flight " + Words.of(longest) + " after the end");
        }
        var patience = because == null ? experiment.patience() : TIDYING;
        if (!await(patience, () -> {
            workload.readBack().forEach(recorder::record);
            return true;
        })) {
            trouble("workload", "the ledger could not be read back within " + Words.of(patience));
        }
    }

    /**
     * What was well before and is not at the very end is seen to its end: clients that stop in the dark leave an outage that
     * nobody can judge, and so does a last look at what has relapsed.
     */
    private void seeToItsEnd() throws Exception {
        var over = time.nanos();
        var served = recording.history().first(Entry.Served.class).isPresent();
        var redundant = recording.history().first(Entry.Redundant.class).isPresent();
        await(
                experiment.patience(),
                () -> (!served || service.darkest(over, time.nanos()).isEmpty())
                        && (!redundant || steadiness.steadySince(over)));
    }

    // 12
    void saveEvidence() throws Exception {
        if (workload != null) {
            attempt("workload", LOOK, () -> {
                workload.close();
                return true;
            });
        }
        for (var evidence : surroundings.evidence()) {
            attempt(evidence.toString(), TIDYING, () -> {
                evidence.collect(Files.createDirectories(surroundings.folder()));
                return true;
            });
        }
        Bystanders.of(recording.history(), time.nanos()).forEach(recorder::record);
        for (var watch : watches) {
            attempt("observer", LOOK, () -> {
                watch.close();
                return true;
            });
        }
        recording.save();
        demandHistory();
    }

    // 13
    Result judge() {
        recorder.record(new Entry.PhaseBegan(time.nanos(), Phase.JUDGE));
        var history = recording.history();
        var judgement = because == null
                ? Judgement.of(experiment.promises(), history)
                : Judgement.none(experiment.promises(), because);
        judgement.findings().forEach(recorder::record);
        recorder.record(new Entry.Judged(time.nanos(), judgement.verdict(), judgement.because()));
        recording.save();
        recording.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return new Result(
                judgement.verdict(),
                judgement.because(),
                judgement.findings(),
                recording.history(),
                Optional.ofNullable(cause));
    }

    /** The check that does not hold, what was seen last, and for how long that check has been so. */
    private String unsteady() {
        var looks = recording.history().all(Entry.Looked.class).toList();
        var last = looks.get(looks.size() - 1);
        var since = last.began();
        for (var i = looks.size() - 1; i >= 0 && looks.get(i).check().equals(last.check()); i--) {
            since = looks.get(i).began();
        }
        return last.check() + ": " + last.seen() + " (so for " + Words.of(Duration.ofNanos(last.at() - since)) + ")";
    }

    /** False when the witness had no answer this time. */
    private boolean stillThere() throws InterruptedException, Voidance {
        var sighting = sight();
        if (sighting.isPresent() && sighting.get().seen() != Seen.LANDED) {
            throw new Voidance("the fault did not stay in place: " + sighting.get());
        }
        return sighting.isPresent();
    }

    private Optional<Sighting> sight() throws InterruptedException {
        var began = time.nanos();
        var sighting = attempt("witness", LOOK, aimed.witness()::look);
        sighting.ifPresent(seen -> recorder.record(new Entry.Sighted(began, time.nanos(), seen)));
        return sighting;
    }

    private void announce() {
        var undo = aimed.planned().undo();
        if (!undo.isEmpty()) {
            journal.announce(testbed.name(), experiment.fault().toString(), undo);
            undoOwed = true;
        }
    }

    /** Looks until it is so, for no longer than the patience; ends the run when it has to be aborted meanwhile. */
    private boolean until(Duration patience, Callable<Boolean> look) throws Exception {
        var end = time.nanos() + patience.toNanos();
        while (true) {
            demandHistory();
            demandInBudget();
            demandTestbed();
            if (!abortWatch.watching()) {
                demandNoAbort();
            }
            if (look.call()) {
                return true;
            }
            var left = Duration.ofNanos(end - time.nanos());
            if (left.compareTo(Duration.ZERO) <= 0) {
                return false;
            }
            time.pause(shorter(left, INTERVAL));
        }
    }

    /** Tries until it works, for no longer than the patience and whatever happened before; what goes wrong is noted. */
    private boolean await(Duration patience, Callable<Boolean> work) throws InterruptedException {
        var end = time.nanos() + patience.toNanos();
        while (true) {
            var left = Duration.ofNanos(end - time.nanos());
            if (left.compareTo(Duration.ZERO) <= 0) {
                return false;
            }
            if (attempt("workload", shorter(left, TIDYING), work).orElse(false)) {
                return true;
            }
            time.pause(INTERVAL);
        }
    }

    /** Does what may fail or hang; trouble is written down, and is nobody's end. */
    private <T> Optional<T> attempt(String where, Duration limit, Callable<T> work) throws InterruptedException {
        try {
            return Optional.of(time.within(limit, work));
        } catch (InterruptedException stopped) {
            throw stopped;
        } catch (TimeoutException hung) {
            trouble(where, "no answer within " + Words.of(limit));
        } catch (Exception failed) {
            trouble(where, said(failed));
        }
        return Optional.empty();
    }

    private void demandNoAbort() throws InterruptedException, Voidance {
        var look = SteadyWatch.look(experiment.abortUnless(), "abort condition", time, LOOK);
        if (!look.steady()) {
            throw new Voidance("aborted: " + look.check() + ": " + look.seen());
        }
    }

    private void demandInBudget() throws Voidance {
        if (time.since(began).compareTo(experiment.budget()) > 0) {
            throw new Voidance("it hangs: not over within its budget of " + Words.of(experiment.budget()));
        }
    }

    /** A testbed that is gone breaks no promise of the stack. */
    private void demandTestbed() throws Voidance, InterruptedException {
        if (aimed == null || time.since(lookedForTestbed).compareTo(THERE) < 0) {
            return;
        }
        lookedForTestbed = time.nanos();
        try {
            time.within(LOOK, () -> {
                testbed.demandOurs();
                return true;
            });
            testbedMissed = 0;
        } catch (InterruptedException stopped) {
            throw stopped;
        } catch (Exception missing) {
            if (++testbedMissed == ENGINE_SILENT) {
                throw new Voidance("the testbed was lost: " + said(missing), missing);
            }
        }
    }

    private void demandHistory() throws Voidance {
        var failure = recording.failure();
        if (failure.isPresent()) {
            throw new Voidance("the history could not be written: " + said(failure.get()), failure.get());
        }
    }

    private void voided(String why, Throwable thrown) {
        recorder.record(new Entry.Voided(time.nanos(), why));
        if (because == null) {
            because = why;
            cause = thrown;
        }
    }

    private void trouble(String where, String what) {
        recorder.record(new Entry.Trouble(time.nanos(), where, what));
    }

    private String lastTrouble() {
        return recording
                .history()
                .all(Entry.Trouble.class)
                .reduce((one, next) -> next)
                .map(trouble -> ": " + trouble.what())
                .orElse("");
    }

    static String said(Throwable failed) {
        if (failed instanceof TimeoutException && failed.getMessage() == null) {
            return "no answer in time";
        }
        var message = failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage();
        return failed instanceof Problem problem ? message + ". " + problem.remedy() : message;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Nothing can be proven any more, and this is why. */
    private static final class Voidance extends Exception {
        private static final long serialVersionUID = 1L;

        Voidance(String why) {
            super(why);
        }

        Voidance(String why, Throwable cause) {
            super(why, cause);
        }
    }
}
