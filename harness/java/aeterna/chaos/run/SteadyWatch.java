package aeterna.chaos.run;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.List;

/**
 * Looks at the steady checks and writes down what it saw: once, or again and again beside the run, so that the moment at
 * which they hold again is known to one look's spacing, whatever the run is waiting for meanwhile. Thread-safe.
 */
final class SteadyWatch {
    private final List<SteadyCheck> checks;
    private final Timekeeper time;
    private final Recorder recorder;
    private final Duration interval;
    private final Duration limit;

    private volatile boolean over;
    private volatile Entry.Looked last;

    /**
     * @param interval the pause between two looks
     * @param limit a single check that takes longer saw nothing
     */
    SteadyWatch(List<SteadyCheck> checks, Timekeeper time, Recorder recorder, Duration interval, Duration limit) {
        this.checks = checks;
        this.time = time;
        this.recorder = recorder;
        this.interval = interval;
        this.limit = limit;
    }

    /** Looks again and again from now on, never twice at the same time. */
    void begin() {
        time.at(time.nanos(), this::lookAndGoOn);
    }

    private void lookAndGoOn() {
        if (over) {
            return;
        }
        try {
            last = look();
            time.at(time.nanos() + interval.toNanos(), this::lookAndGoOn);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** The end of looking; one look may still be under way. */
    void end() {
        over = true;
    }

    /** True when the last look began at that moment or later, and everything was steady. */
    boolean steadySince(long nanos) {
        var seen = last;
        return seen != null && seen.steady() && seen.began() >= nanos;
    }

    /** Looks once, now. */
    Entry.Looked look() throws InterruptedException {
        var looked = look(checks, "steady", time, limit);
        recorder.record(looked);
        return looked;
    }

    /** Looks at checks in turn, up to the first that does not hold. */
    static Entry.Looked look(List<SteadyCheck> checks, String name, Timekeeper time, Duration limit)
            throws InterruptedException {
        var began = time.nanos();
        for (var check : checks) {
            SteadyCheck.Look look;
            try {
                look = time.within(limit, check::look);
            } catch (InterruptedException stopped) {
                throw stopped;
            } catch (Exception unseen) {
                look = new SteadyCheck.Look(false, "could not be seen: " + Run.said(unseen));
            }
            if (!look.steady()) {
                return new Entry.Looked(began, time.nanos(), check.toString(), false, look.seen());
            }
        }
        return new Entry.Looked(began, time.nanos(), name, true, "");
    }
}
