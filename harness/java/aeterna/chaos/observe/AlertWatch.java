package aeterna.chaos.observe;

import aeterna.chaos.client.Alertmanager;
import aeterna.chaos.client.Alertmanager.Raised;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.time.Rounds;
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
        var telling = new Telling(recorder);
        return Rounds.begin(time, INTERVAL, LIMIT, raised, telling::tell, telling::trouble)::end;
    }

    /** One watch under way. */
    private final class Telling {
        private final Recorder recorder;
        private Set<Raised> known = Set.of();
        private boolean answered;

        Telling(Recorder recorder) {
            this.recorder = recorder;
        }

        void tell(List<Raised> raisedNow) {
            var now = new LinkedHashSet<>(raisedNow);
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
        void trouble(String why, boolean first) {
            if (first) {
                recorder.record(new Entry.Trouble(time.nanos(), "alerts", why));
            }
        }
    }
}
