package aeterna.chaos.stack;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.time.Rounds;
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
        return Rounds.begin(
                time,
                INTERVAL,
                LIMIT,
                knocking,
                answer -> answer.ifPresent(knock ->
                        recorder.record(new Entry.Observed(time.nanos(), "policy", knock.who(), knock.toString()))),
                (why, first) -> recorder.record(new Entry.Trouble(time.nanos(), "policy", why)))::end;
    }
}
