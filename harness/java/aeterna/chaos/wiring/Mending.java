package aeterna.chaos.wiring;

import aeterna.chaos.cluster.Provider;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.cluster.TestbedRequest;
import aeterna.chaos.journal.Residue;
import aeterna.chaos.model.Image;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.stack.Profile;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Makes the ground whole for the next scenario, whatever the one before left of it: waits, then undoes and deploys anew, then
 * replaces the testbed.
 */
final class Mending {
    /** Recovery is over by now: the scenario before waited for it. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration LOOK = Duration.ofSeconds(20);
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final Provider provider;
    private final TestbedRequest request;
    private final Collection<Image> images;
    private final BiFunction<Testbed, Profile, Stack> stacks;
    private final Leftovers leftovers;
    private final Duration steadyWithin;
    private final Progress progress;
    private final Timekeeper time;
    private final Consumer<String> tell;

    /**
     * @param stacks a stack on a testbed, not deployed yet
     * @param steadyWithin how long a stack that is deployed anew may take
     * @param tell what is done, line by line
     */
    Mending(
            Provider provider,
            TestbedRequest request,
            Collection<Image> images,
            BiFunction<Testbed, Profile, Stack> stacks,
            Leftovers leftovers,
            Duration steadyWithin,
            Progress progress,
            Timekeeper time,
            Consumer<String> tell) {
        this.provider = provider;
        this.request = request;
        this.images = images;
        this.stacks = stacks;
        this.leftovers = leftovers;
        this.steadyWithin = steadyWithin;
        this.progress = progress;
        this.time = time;
        this.tell = tell;
    }

    /**
     * The ground, steady; another one when it had to be replaced.
     *
     * @throws Problem when nothing helped
     */
    Ground mend(Ground ground) {
        var gone = gone(ground.testbed());
        var unsteady = gone.isPresent() ? gone : unsteady(ground);
        if (unsteady.isEmpty()) {
            return ground;
        }
        tell.accept("the stack is not steady after the scenario before: " + unsteady.get());
        if (gone.isEmpty()) {
            try {
                return healed(ground);
            } catch (RuntimeException stuck) {
                tell.accept("that did not help: " + firstLine(stuck));
            }
        }
        return replaced(ground);
    }

    /** Why there is no such testbed any more; empty while it is there. */
    private Optional<String> gone(Testbed testbed) {
        return failure(() -> {
            testbed.demandOurs();
            testbed.cluster().uid();
            return Optional.empty();
        });
    }

    private Optional<String> unsteady(Ground ground) {
        var end = time.nanos() + PATIENCE.toNanos();
        while (true) {
            var unsteady = failure(() -> {
                var look = ground.stack().everythingReady().look();
                return look.steady() ? Optional.empty() : Optional.of(look.seen());
            });
            if (unsteady.isEmpty() || time.nanos() >= end) {
                return unsteady;
            }
            pause();
        }
    }

    private Ground healed(Ground ground) {
        tell.accept("undoing what is left, and deploying anew what is missing");
        leftovers.undo(ground.testbed(), tell);
        var residue = new Residue(ground.testbed()).look();
        if (!residue.isEmpty()) {
            residue.forEach(trace -> tell.accept("a fault has left " + trace));
            throw new Problem("faults have left " + residue.size() + " traces that no undo knows of", "Replace it.");
        }
        ground.stack().deploy(progress, steadyWithin);
        return ground;
    }

    private Ground replaced(Ground ground) {
        tell.accept("replacing the testbed " + request.name());
        var profile = ground.stack().profile();
        try {
            ground.testbed().close();
        } catch (RuntimeException gone) {
            tell.accept("its connections were gone already: " + firstLine(gone));
        }
        provider.down(request.name());
        var testbed = provider.up(request, progress);
        testbed.provide(images, progress);
        var stack = stacks.apply(testbed, profile);
        stack.deploy(progress, steadyWithin);
        return new Ground(testbed, stack);
    }

    /** What is wrong, an exception and silence included. */
    private Optional<String> failure(Callable<Optional<String>> look) {
        try {
            return time.within(LOOK, look);
        } catch (InterruptedException stopped) {
            throw interrupted(stopped);
        } catch (TimeoutException silent) {
            return Optional.of("no answer within " + LOOK.toSeconds() + " s");
        } catch (Exception failed) {
            return Optional.of(firstLine(failed));
        }
    }

    private void pause() {
        try {
            time.pause(INTERVAL);
        } catch (InterruptedException stopped) {
            throw interrupted(stopped);
        }
    }

    private static Problem interrupted(InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return new Problem("interrupted before the next scenario", "Run again; the testbed stays as it is.", stopped);
    }

    private static String firstLine(Exception failed) {
        return failed.getMessage() == null
                ? failed.getClass().getSimpleName()
                : failed.getMessage().lines().findFirst().orElse("");
    }
}
