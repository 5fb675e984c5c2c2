package aeterna.chaos.fault;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.Words;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/**
 * A fault that is over once done, again and again: whoever plays its target's role at that moment is hit. Each must have
 * landed before the next.
 */
public final class Repeatedly implements OneShotFault {
    /** Between two looks at whether one has landed. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private final OneShotFault fault;
    private final int times;
    private final Duration every;
    private final Timekeeper time;

    private Repeatedly(OneShotFault fault, int times, Duration every, Timekeeper time) {
        this.fault = fault;
        this.times = times;
        this.every = every;
        this.time = time;
    }

    /**
     * That fault.
     *
     * @param times how often, 2 to 100
     * @param every the pause before the next, more than zero; one that finds nobody in that role waits for as long again
     * @throws IllegalArgumentException when a number is out of its range
     */
    public static Repeatedly of(OneShotFault fault, int times, Duration every, Timekeeper time) {
        if (times < 2 || times > 100 || every.isNegative() || every.isZero()) {
            throw new IllegalArgumentException("a repetition takes 2 to 100 times, and a pause above zero");
        }
        return new Repeatedly(fault, times, every, time);
    }

    @Override
    public Set<Capability> requires() {
        return fault.requires();
    }

    @Override
    public Optional<Floor> floor() {
        return fault.floor();
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var current = new AtomicReference<>(fault.aim(testbed, chance));
        var landed = new AtomicInteger();
        Hit first = current.get().planned().hit();
        return new Plan(
                new Injected(first, List.of()),
                () -> sight(current.get().witness().look(), landed.get()),
                () -> {
                    for (int i = 0; i < times; i++) {
                        if (i > 0) {
                            time.pause(every);
                            current.set(again(testbed, chance));
                        }
                        current.get().inject();
                        awaitLanded(current.get());
                        landed.incrementAndGet();
                    }
                });
    }

    private Aimed again(Testbed testbed, RandomGenerator chance) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return fault.aim(testbed, chance);
            } catch (Problem nobodyThere) {
                if (attempt == 10) {
                    throw nobodyThere;
                }
                time.pause(every);
            }
        }
    }

    private void awaitLanded(Aimed aimed) throws InterruptedException {
        var end = time.nanos() + every.multipliedBy(10).toNanos();
        for (var seen = aimed.witness().look();
                seen.seen() != Seen.LANDED;
                seen = aimed.witness().look()) {
            if (seen.seen() == Seen.ELSEWHERE || time.nanos() >= end) {
                throw new Problem(fault + " did not land when repeated: " + seen, "Look at the run's history.");
            }
            time.pause(LOOK);
        }
    }

    private Sighting sight(Sighting last, int landed) {
        var words = landed + " of " + times + " landed; " + last.what();
        if (last.seen() == Seen.LANDED && landed < times) {
            return new Sighting(Seen.PARTLY, words);
        }
        return new Sighting(last.seen(), words);
    }

    @Override
    public String toString() {
        return fault + ", " + times + " times, every " + Words.of(every);
    }
}
