package aeterna.chaos.run;

import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * Looks at what must stay so, beside whatever the run is doing, and interrupts the run the moment one of it is not: a fault
 * that hangs half injected is ended as well as a hold. Thread-safe.
 */
final class AbortWatch {
    private final List<SteadyCheck> checks;
    private final Timekeeper time;
    private final Duration interval;
    private final Duration longest;
    private final Thread run = Thread.currentThread();
    private String because;
    private boolean begun;
    private boolean over;

    /**
     * @param interval between two looks
     * @param longest a check that takes longer does not hold
     */
    AbortWatch(List<SteadyCheck> checks, Timekeeper time, Duration interval, Duration longest) {
        this.checks = checks;
        this.time = time;
        this.interval = interval;
        this.longest = longest;
    }

    /** From now on the thread that made this is interrupted. */
    synchronized void begin() {
        begun = true;
        if (!checks.isEmpty()) {
            time.at(time.nanos(), this::look);
        }
    }

    private void look() {
        var unsteady = over() ? Optional.<String>empty() : firstUnsteady();
        synchronized (this) {
            if (over) {
                return;
            }
            if (unsteady.isPresent()) {
                because = unsteady.get();
                over = true;
                run.interrupt();
                return;
            }
        }
        time.at(time.nanos() + interval.toNanos(), this::look);
    }

    private Optional<String> firstUnsteady() {
        for (var check : checks) {
            try {
                var look = time.within(longest, check::look);
                if (!look.steady()) {
                    return Optional.of(check + ": " + look.seen());
                }
            } catch (TimeoutException hung) {
                return Optional.of(check + ": could not be seen: no answer in time");
            } catch (Exception unseen) {
                return Optional.of(check + ": could not be seen: " + unseen.getMessage());
            }
        }
        return Optional.empty();
    }

    private synchronized boolean over() {
        return over;
    }

    /** Whether it looks just now. */
    synchronized boolean watching() {
        return begun && !over;
    }

    /** From now on nobody is interrupted any more. */
    synchronized void end() {
        over = true;
    }

    /** Why the run was interrupted; empty when it was not, or by somebody else. */
    synchronized Optional<String> because() {
        return Optional.ofNullable(because);
    }
}
