package aeterna.chaos.status;

import aeterna.chaos.model.Problem;
import aeterna.chaos.time.DurationText;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Something to look at that may hang: looks happen on threads of their own, never two at a time. Thread-safe. */
final class Sight<T> {
    /** On a testbed of the same machine everything answers within a second; whatever takes longer than this is told. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Timekeeper time;
    private final Callable<T> looking;
    private Optional<T> value = Optional.empty();
    private String trouble = "";
    private boolean answered;
    private boolean underWay;
    private long began;

    Sight(Timekeeper time, Callable<T> looking) {
        this.time = time;
        this.looking = looking;
    }

    /** Begins a look, unless one is under way. */
    synchronized void look() {
        if (!underWay) {
            underWay = true;
            began = time.nanos();
            time.at(began, this::carryOut);
        }
    }

    private void carryOut() {
        try {
            T found = looking.call();
            end(Optional.of(found), "");
        } catch (Exception unseen) {
            end(Optional.empty(), said(unseen));
        }
    }

    private static String said(Exception unseen) {
        var text = unseen instanceof Problem ? unseen.getMessage() : unseen.toString();
        return text.lines().findFirst().orElse("");
    }

    private synchronized void end(Optional<T> found, String why) {
        value = found.isPresent() ? found : value;
        trouble = why;
        answered = true;
        underWay = false;
    }

    /** True once a look has ended, well or badly. */
    synchronized boolean answered() {
        return answered;
    }

    synchronized Seen<T> seen() {
        var late = underWay && time.since(began).compareTo(PATIENCE) > 0;
        return new Seen<>(value, late ? "no answer for " + DurationText.of(time.since(began)) : trouble);
    }
}
