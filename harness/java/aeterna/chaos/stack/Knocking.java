package aeterna.chaos.stack;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Knocks at doors that should be closed, again and again, and writes down each time who opened.
 *
 * @param knocking one knock; empty when nobody is there to knock, or to be knocked at
 * @param time the runner's own
 */
record Knocking(Callable<Optional<Knock>> knocking, Timekeeper time) implements Observer {
    /** A second for each door that is silent, and a little. */
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private static final Duration INTERVAL = Duration.ofSeconds(2);

    /**
     * What became of one.
     *
     * @param who knocked
     * @param doors at how many
     * @param open who let it in
     */
    record Knock(String who, int doors, List<String> open) {
        @Override
        public String toString() {
            return open.isEmpty() ? "refused by " + doors + " replicas" : "let in by " + String.join(", ", open);
        }
    }

    @Override
    public Watch watch(Recorder recorder) {
        var round = new Round(recorder);
        round.knockAndGoOn();
        return () -> round.over = true;
    }

    private final class Round {
        private final Recorder recorder;
        private volatile boolean over;

        Round(Recorder recorder) {
            this.recorder = recorder;
        }

        void knockAndGoOn() {
            if (over) {
                return;
            }
            try {
                time.within(LIMIT, knocking)
                        .ifPresent(knock -> recorder.record(
                                new Entry.Observed(time.nanos(), "policy", knock.who(), knock.toString())));
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            } catch (Exception unseen) {
                recorder.record(new Entry.Trouble(
                        time.nanos(),
                        "policy",
                        unseen.getMessage() == null ? "no answer in time" : unseen.getMessage()));
            }
            time.at(time.nanos() + INTERVAL.toNanos(), this::knockAndGoOn);
        }
    }
}
