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
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * A fault that is over once done, again and again: whoever plays its target's role at that moment is hit. Each must have
 * landed before the next.
 */
public final class Repeatedly implements OneShotFault {
    /** Between two looks at whether one has landed. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private final List<OneShotFault> faults;
    private final int times;
    private final Duration every;
    private final Timekeeper time;

    private Repeatedly(List<OneShotFault> faults, int times, Duration every, Timekeeper time) {
        this.faults = List.copyOf(faults);
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
        return oneOf(List.of(fault), times, every, time);
    }

    /** Each time one of those faults, chosen by chance: the same seed draws the same ones in the same order. */
    public static Repeatedly oneOf(List<OneShotFault> faults, int times, Duration every, Timekeeper time) {
        if (times < 2 || times > 100 || every.isNegative() || every.isZero()) {
            throw new IllegalArgumentException("a repetition takes 2 to 100 times, and a pause above zero");
        }
        return new Repeatedly(faults, times, every, time);
    }

    @Override
    public Set<Capability> requires() {
        return faults.stream().flatMap(fault -> fault.requires().stream()).collect(Collectors.toSet());
    }

    @Override
    public Optional<Floor> floor() {
        return faults.stream().flatMap(fault -> fault.floor().stream()).max(Comparator.comparing(Floor::total));
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var current = new AtomicReference<>(drawn(chance).aim(testbed, chance));
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

    private OneShotFault drawn(RandomGenerator chance) {
        return faults.size() == 1 ? faults.get(0) : faults.get(chance.nextInt(faults.size()));
    }

    private Aimed again(Testbed testbed, RandomGenerator chance) throws InterruptedException {
        var fault = drawn(chance);
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
                throw new Problem("one of them did not land when repeated: " + seen, "Look at the run's history.");
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
        return faults.stream().map(OneShotFault::toString).collect(Collectors.joining(", or ")) + ", " + times
                + " times, every " + Words.of(every);
    }
}
