package aeterna.chaos.stack;

import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.SteadyCheck.Look;
import aeterna.chaos.time.Clock;
import aeterna.chaos.time.DurationText;
import aeterna.chaos.time.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** One way from manifests to a steady stack: applied, each component settled as soon as its own pods are Ready, all checks held at once. */
final class Deployment {
    /** Three components took 30 s on a machine of two busy cores; most of it is databases that start, one after the other's election. */
    private static final Duration USUALLY = Duration.ofSeconds(90);

    /** An operator's image is pulled, its pod starts and makes its certificate. */
    private static final Duration OPERATORS_READY = Duration.ofMinutes(2);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
    private static final int LOG_LINES = 12;
    private static final int EVENTS = 10;

    private final Cluster cluster;
    private final String namespace;
    private final Clock clock;
    private final Progress progress;
    private final Duration patience;
    private final long began;
    private final Failing failing;
    private final ExpectedFlaws known;

    /**
     * @param patience when to give up
     * @param known the flaws that do not keep the stack from being steady
     */
    Deployment(
            Cluster cluster, String namespace, Clock clock, Progress progress, Duration patience, ExpectedFlaws known) {
        this.known = known;
        this.cluster = cluster;
        this.namespace = namespace;
        this.clock = clock;
        this.progress = progress;
        this.patience = patience;
        began = clock.nanos();
        failing = new Failing(clock);
    }

    /**
     * Does it; returns when the stack is steady.
     *
     * @param operators what must be there before: their webhooks answer only after a while
     * @param components in the order in which they can come up
     * @param steady what must hold in one pass at the end
     */
    void carryOut(
            List<String> operators,
            List<String> manifests,
            List<Component> components,
            Profile profile,
            List<SteadyCheck> steady) {
        makeRoom(profile);
        if (!operators.isEmpty()) {
            install(operators);
        }
        apply(manifests, operators.isEmpty() ? Duration.ZERO : OPERATORS_READY, profile);
        try (var step = progress.begin("stack: until it is steady", USUALLY)) {
            try {
                settle(step, components, profile);
                await(step, components::size, components.size(), () -> firstUnsteady(steady));
                components.forEach(Component::forgetEarlierWrites);
            } catch (Problem unsteady) {
                step.failed(unsteady.getMessage().lines().findFirst().orElse(""));
                throw unsteady;
            }
        }
    }

    /** Of another profile nothing may stay: neither objects that this one does not have, nor what cannot be changed of those it has. */
    private void makeRoom(Profile profile) {
        var other = Stack.deployedProfile(cluster).filter(name -> !name.equals(profile.name()));
        if (other.isPresent()) {
            try (var step = progress.begin("stack: removing that of profile " + other.get(), Duration.ofSeconds(40))) {
                step.at(0, 1, "deleting namespace " + namespace);
                cluster.deleteNamespace(namespace);
            }
        }
    }

    private void install(List<String> operators) {
        try (var step = progress.begin("stack: installing its operators", Duration.ofSeconds(20))) {
            for (var i = 0; i < operators.size(); i++) {
                step.at(i, operators.size(), "operator " + (i + 1) + " of " + operators.size());
                cluster.apply(operators.get(i));
            }
        }
    }

    /** @param patience how long what is refused is tried again: an operator whose pod is starting refuses its own objects */
    private void apply(List<String> manifests, Duration patience, Profile profile) {
        try (var step =
                progress.begin("stack: applying its manifests, profile " + profile.name(), Duration.ofSeconds(3))) {
            try {
                for (var i = 0; i < manifests.size(); i++) {
                    step.at(i, manifests.size(), "manifest " + (i + 1) + " of " + manifests.size());
                    apply(manifests.get(i), patience);
                }
            } catch (RuntimeException refused) {
                step.failed("see below");
                throw refused;
            }
        }
    }

    private void apply(String manifest, Duration patience) {
        try {
            cluster.apply(manifest);
        } catch (Problem refused) {
            var accepted = Waiting.atMost(patience).every(BETWEEN_LOOKS).untilTrue(() -> {
                cluster.apply(manifest);
                return true;
            });
            if (!accepted) {
                throw refused;
            }
        }
    }

    /** None waits for the pods of another: whether those become Ready may hang on what this one's settling makes. */
    private void settle(Progress.Step step, List<Component> components, Profile profile) {
        var unsettled = new ArrayList<>(components);
        await(step, () -> components.size() - unsettled.size(), components.size(), () -> {
            var census = Census.take(cluster, namespace, known);
            var unsteady = new ArrayList<Unsteady>();
            for (var component : List.copyOf(unsettled)) {
                firstUnsteady(List.of(rolledOut(component, census), settled(component, profile)))
                        .ifPresentOrElse(unsteady::add, () -> unsettled.remove(component));
            }
            return unsteady.stream().findFirst();
        });
    }

    private static SteadyCheck rolledOut(Component component, Census census) {
        return SteadyCheck.named(component.id() + ": rolled out", () -> census.look(component));
    }

    private static SteadyCheck settled(Component component, Profile profile) {
        return SteadyCheck.named(component.id() + ": set up", () -> {
            try {
                component.settle(profile);
                return new Look(true, "set up");
            } catch (Problem notYet) {
                return new Look(false, notYet.getMessage());
            }
        });
    }

    private static Optional<Unsteady> firstUnsteady(List<SteadyCheck> checks) {
        for (var check : checks) {
            var look = SteadyChecks.look(check);
            if (!look.steady()) {
                return Optional.of(new Unsteady(check.toString(), look.seen()));
            }
        }
        return Optional.empty();
    }

    private void await(Progress.Step step, IntSupplier done, int total, Supplier<Optional<Unsteady>> looking) {
        var left = patience.minus(clock.since(began));
        var steady = Waiting.atMost(left.isNegative() ? Duration.ZERO : left)
                .every(BETWEEN_LOOKS)
                .untilTrue(() -> {
                    var unsteady = looking.get();
                    unsteady.ifPresent(found -> {
                        failing.is(found);
                        step.at(done.getAsInt(), total, failing.now());
                    });
                    return unsteady.isEmpty();
                });
        if (!steady) {
            throw new Problem(
                    "the stack was not steady after " + DurationText.of(patience) + ": " + failing + "\n" + diagnosis(),
                    "Mend what it says, and run again.");
        }
    }

    /** What a person would look up first. */
    private String diagnosis() {
        var text = new LinkedHashMap<String, String>();
        try {
            Census.take(cluster, namespace, known).unready().forEach(pod -> {
                var log = (cluster.log(namespace, pod.name(), true, LOG_LINES) + "\n"
                                + cluster.log(namespace, pod.name(), false, LOG_LINES))
                        .strip();
                text.put(Census.said(pod) + ", its last log lines:", log.isEmpty() ? "(none)" : log);
            });
            var events = cluster.events(namespace).stream()
                    .filter(event -> event.type().equals("Warning"))
                    .map(Object::toString)
                    .toList();
            text.put(
                    "last warnings:",
                    events.isEmpty()
                            ? "(none)"
                            : String.join("\n", events.subList(Math.max(0, events.size() - EVENTS), events.size())));
        } catch (RuntimeException unreachable) {
            text.put("nothing more could be looked up:", String.valueOf(unreachable.getMessage()));
        }
        return text.entrySet().stream()
                .map(entry -> entry.getKey() + "\n  " + entry.getValue().replace("\n", "\n  "))
                .collect(Collectors.joining("\n"));
    }

    /** A check that does not hold, and what it saw. */
    private record Unsteady(String check, String seen) {}

    /** The check that does not hold, and since when it has been that one. */
    private static final class Failing {
        private final Clock clock;
        private Unsteady last = new Unsteady("", "nobody has looked yet");
        private long since;
        private String sinceWallTime = "";

        Failing(Clock clock) {
            this.clock = clock;
            since = clock.nanos();
        }

        void is(Unsteady now) {
            if (!last.check().equals(now.check())) {
                since = clock.nanos();
                sinceWallTime = clock.wallTime().toString();
            }
            last = now;
        }

        /** For a line that is redrawn. */
        String now() {
            return last.check() + " (" + DurationText.of(clock.since(since)) + "): " + last.seen();
        }

        @Override
        public String toString() {
            return "'" + last.check() + "' has not held since " + sinceWallTime + " ("
                    + DurationText.of(clock.since(since)) + "): " + last.seen();
        }
    }
}
