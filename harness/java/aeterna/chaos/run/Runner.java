package aeterna.chaos.run;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.journal.Journal;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Progress;
import aeterna.chaos.model.Series;
import aeterna.chaos.model.Trial;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Carries out experiments on a testbed, one at a time, always in the same order. */
public final class Runner {
    private final Testbed testbed;
    private final Timekeeper time;
    private final Journal journal;
    private final HistoryFile histories;
    private final Function<Trial, Surroundings> surroundings;
    private final Repetition repetition;
    private final Progress progress;
    private final boolean dry;
    /** What is changed of every experiment before it is carried out. */
    private final UnaryOperator<Experiment> change;

    /** Held while an experiment is carried out, and for ever once the end was asked for. */
    private final Semaphore turn = new Semaphore(1);

    private volatile Thread worker;

    /**
     * One that carries out each experiment once.
     *
     * @param time the same one that the observers stamp their entries with
     */
    public Runner(
            Testbed testbed,
            Timekeeper time,
            Journal journal,
            HistoryFile histories,
            Surroundings surroundings,
            Progress progress) {
        this(testbed, time, journal, histories, trial -> surroundings, progress, Repetition.NONE);
    }

    /**
     * One that carries out each experiment as often as that.
     *
     * @param surroundings made anew for every trial: observers remember what they saw
     */
    public Runner(
            Testbed testbed,
            Timekeeper time,
            Journal journal,
            HistoryFile histories,
            Function<Trial, Surroundings> surroundings,
            Progress progress,
            Repetition repetition) {
        this(testbed, time, journal, histories, surroundings, progress, repetition, false, UnaryOperator.identity());
    }

    private Runner(
            Testbed testbed,
            Timekeeper time,
            Journal journal,
            HistoryFile histories,
            Function<Trial, Surroundings> surroundings,
            Progress progress,
            Repetition repetition,
            boolean dry,
            UnaryOperator<Experiment> change) {
        this.testbed = testbed;
        this.time = time;
        this.journal = journal;
        this.histories = histories;
        this.surroundings = surroundings;
        this.progress = progress;
        this.repetition = repetition;
        this.dry = dry;
        this.change = change;
    }

    /** One that touches nothing, once: its runs are VOID, and their reason says whom the fault would hit. */
    public Runner dry() {
        return new Runner(testbed, time, journal, histories, surroundings, progress, Repetition.NONE, true, change);
    }

    /** One that carries out every experiment with something changed in it: tells what scenarios make of a stack that is not there. */
    Runner changing(UnaryOperator<Experiment> changed) {
        return new Runner(testbed, time, journal, histories, surroundings, progress, repetition, dry, changed);
    }

    /** True for a run of {@link #dry} that found whom it would hit. */
    public static boolean previewed(String because) {
        return because.startsWith(Run.DRY_RUN);
    }

    /**
     * Carries out one experiment, as often as it shall be. What goes wrong in it ends it and makes it VOID, and is in the
     * result; whatever happens, the fault is undone, the clients are stopped and the history is saved.
     *
     * @return the result that decides: of several, what was not expected before what was
     * @throws IllegalArgumentException when the experiment is incomplete
     */
    public Result run(Experiment given) {
        var experiment = change.apply(given.complete());
        turn.acquireUninterruptibly();
        worker = Thread.currentThread();
        try {
            return everyTrial(experiment);
        } finally {
            worker = null;
            turn.release();
        }
    }

    private Result everyTrial(Experiment experiment) {
        var results = new ArrayList<Result>();
        repetition.earlier().forEach(history -> results.add(told(history)));
        for (var trial : repetition.trials()) {
            var result = once(experiment, trial);
            results.add(result);
            if (worthAnotherAttempt(result)) {
                results.add(once(experiment, trial.again()));
            }
            if (Thread.currentThread().isInterrupted()) {
                break;
            }
        }
        var decisive = new Series(results.stream().map(Result::history).toList()).decisive();
        return results.stream()
                .filter(result -> result.history().equals(decisive))
                .findFirst()
                .orElseThrow();
    }

    private boolean worthAnotherAttempt(Result result) {
        return repetition.repeatVoid()
                && result.verdict() == Verdict.VOID
                && !result.history().began().setting().expected().metBy(Verdict.VOID)
                && !Thread.currentThread().isInterrupted();
    }

    /** What an earlier process found; what it threw is gone with it. */
    private static Result told(History history) {
        var judged = history.judged();
        return new Result(
                judged.verdict(), judged.because(), history.all(Finding.class).toList(), history, Optional.empty());
    }

    private Result once(Experiment experiment, Trial trial) {
        return carryOut(new Run(experiment, testbed, time, journal, histories, surroundings.apply(trial), progress));
    }

    /**
     * Ends the experiment under way, if there is one: the fault is undone, what was seen is saved, it is VOID. No other is begun
     * afterwards. For another thread than the one that carries it out.
     *
     * @return false when it was still not over after that time
     */
    public boolean end(Duration limit) throws InterruptedException {
        var working = worker;
        if (working != null) {
            working.interrupt();
        }
        return turn.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Result carryOut(Run run) {
        if (dry) {
            run.unlessVoid(Phase.INJECT, run::preview);
            return run.judge();
        }
        run.unlessVoid(Phase.HEAL_LEFTOVERS, run::healLeftovers);
        run.unlessVoid(Phase.STEADY, run::demandSteady);
        run.unlessVoid(Phase.FLOOR, run::computeFloor);
        run.unlessVoid(Phase.WARM_UP, run::startWorkloads);
        run.unlessVoid(Phase.INJECT, run::inject);
        run.unlessVoid(Phase.WITNESS, run::demandLanded);
        run.unlessVoid(Phase.HOLD, run::hold);
        run.always(Phase.HEAL, run::heal);
        run.unlessVoid(Phase.REDUNDANT, run::awaitRedundant);
        run.unlessVoid(Phase.LINGER, run::linger);
        run.always(Phase.READ_BACK, run::readBack);
        run.always(Phase.EVIDENCE, run::saveEvidence);
        return run.judge();
    }
}
