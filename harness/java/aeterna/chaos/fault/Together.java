package aeterna.chaos.fault;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Floor;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Several faults as one: all at once, or one after another with a pause between them; healed all at once, from the last to
 * the first. Those that are over once done may be among them, next to at least one that stays.
 */
public final class Together implements HeldFault {
    private final List<Fault> faults;
    private final Duration between;
    private final Pause pause;

    private Together(List<Fault> faults, Duration between, Pause pause) {
        if (faults.size() < 2 || faults.stream().noneMatch(HeldFault.class::isInstance)) {
            throw new IllegalArgumentException("a combination takes two faults, at least one of which stays");
        }
        this.faults = List.copyOf(faults);
        this.between = between;
        this.pause = pause;
    }

    /** What is between two acts. */
    @FunctionalInterface
    private interface Pause {
        void take() throws InterruptedException;
    }

    /** As fast as one act follows the other. */
    public static Together of(Fault... faults) {
        return new Together(List.of(faults), Duration.ZERO, () -> {});
    }

    /**
     * One after another.
     *
     * @param between the pause after each, more than zero
     */
    public static Together inSequence(Duration between, Timekeeper time, Fault... faults) {
        return new Together(List.of(faults), between, () -> time.pause(between));
    }

    @Override
    public Set<Capability> requires() {
        return faults.stream().flatMap(fault -> fault.requires().stream()).collect(Collectors.toSet());
    }

    /** Recovery from all of them is no faster than from the slowest. */
    @Override
    public Optional<Floor> floor() {
        return faults.stream().flatMap(fault -> fault.floor().stream()).max(Comparator.comparing(Floor::total));
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var parts = faults.stream()
                .map(fault -> new Combined.Part(fault.aim(testbed, chance), fault instanceof HeldFault))
                .toList();
        var combined = new Combined(parts);
        return new Plan(combined.planned(), combined, () -> {
            for (int i = 0; i < parts.size(); i++) {
                if (i > 0) {
                    pause.take();
                }
                parts.get(i).aimed().inject();
            }
        });
    }

    @Override
    public String toString() {
        return faults.stream()
                .map(Fault::toString)
                .collect(Collectors.joining(
                        between.isZero() ? ", and at once " : ", and " + between.toMillis() + " ms later "));
    }
}
