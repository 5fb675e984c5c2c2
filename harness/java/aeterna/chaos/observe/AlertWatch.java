package aeterna.chaos.observe;

import aeterna.chaos.client.Alertmanager;
import aeterna.chaos.client.Alertmanager.Raised;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Writes down every alert that Alertmanager has, when it is first seen and when it is seen no more, to one interval.
 *
 * @param raised those that are not over, as {@link Alertmanager#raised} tells them
 * @param time the runner's own
 */
public record AlertWatch(Callable<List<Raised>> raised, Timekeeper time) implements Observer {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    @Override
    public Watch watch(Recorder recorder) {
        var asking = new Asking(recorder);
        asking.askAndGoOn();
        return () -> asking.over = true;
    }

    /** One watch under way; asks one question at a time. */
    private final class Asking {
        private final Recorder recorder;
        private Set<Raised> known = Set.of();
        private boolean answered;
        private boolean silent;
        private volatile boolean over;

        Asking(Recorder recorder) {
            this.recorder = recorder;
        }

        void askAndGoOn() {
            if (over) {
                return;
            }
            try {
                tell(new LinkedHashSet<>(time.within(LIMIT, raised)));
                silent = false;
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            } catch (Exception unseen) {
                trouble(unseen);
            }
            time.at(time.nanos() + INTERVAL.toNanos(), this::askAndGoOn);
        }

        private void tell(Set<Raised> now) {
            if (!answered) {
                answered = true;
                observed("alerts", "Alertmanager", "is asked every second");
            }
            now.stream()
                    .filter(alert -> !known.contains(alert))
                    .forEach(alert -> observed("alert", alert.name(), "fires " + alert.labels()));
            known.stream()
                    .filter(alert -> !now.contains(alert))
                    .forEach(alert -> observed("alert", alert.name(), "over " + alert.labels()));
            known = now;
        }

        private void observed(String source, String subject, String what) {
            recorder.record(new Entry.Observed(time.nanos(), source, subject, what));
        }

        /** Once for each time of silence. */
        private void trouble(Exception unseen) {
            if (!silent) {
                var why = unseen.getMessage() == null ? "no answer in time" : unseen.getMessage();
                recorder.record(new Entry.Trouble(time.nanos(), "alerts", why));
            }
            silent = true;
        }
    }
}
