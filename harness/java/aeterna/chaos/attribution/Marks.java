package aeterna.chaos.attribution;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Outage;
import aeterna.chaos.model.Stage;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What was seen of the ends of the stages within one outage. */
final class Marks {
    private final History history;
    private final Outage outage;
    private final long act;
    /** Pod names without their namespaces. */
    private final Set<String> victims;

    Marks(History history, Outage outage) {
        this.history = history;
        this.outage = outage;
        act = history.injectedAt().orElseThrow();
        victims = victims(history, act);
    }

    /** The end of a stage. */
    record Mark(long at, String what) {}

    /** The stages whose end was seen; reconnecting ends with the outage. No stage ends before the one before it. */
    Map<Stage, Mark> all() {
        var marks = new EnumMap<Stage, Mark>(Stage.class);
        marks.put(Stage.RECONNECT, new Mark(outage.to(), outage.client() + " was answered"));
        var before = outage.to();
        // Roles are asked for once a second and may be known later than what follows from them: a later stage's end
        // bounds it.
        for (var stage : List.of(Stage.PUBLISH, Stage.PROMOTE, Stage.DECIDE, Stage.DETECT)) {
            var mark = seen(stage, before);
            if (mark.isPresent()) {
                var at = Math.max(outage.from(), Math.min(before, mark.get().at()));
                marks.put(stage, new Mark(at, mark.get().what()));
                before = at;
            }
        }
        return marks;
    }

    private Optional<Mark> seen(Stage stage, long before) {
        return switch (stage) {
            case DETECT -> detected(before);
            case DECIDE -> decided();
            case PROMOTE -> promoted();
            case PUBLISH -> published();
            case RECONNECT -> throw new IllegalArgumentException("it ends with the outage");
        };
    }

    private static Set<String> victims(History history, long act) {
        var hit = history.first(Entry.Injecting.class)
                .map(injecting -> injecting.planned().hit())
                .orElseGet(Hit::none);
        var victims = new HashSet<String>();
        hit.pods().forEach(pod -> victims.add(name(pod)));
        history.all(Entry.PodSeen.class)
                .filter(pod -> pod.at() <= act && hit.nodes().contains(pod.node()))
                .forEach(pod -> victims.add(name(pod.pod())));
        return victims;
    }

    private static String name(String pod) {
        return pod.substring(pod.indexOf('/') + 1);
    }

    private <E extends Entry> Stream<E> within(Class<E> kind) {
        return history.all(kind).filter(entry -> entry.at() >= act && entry.at() <= outage.to());
    }

    /** A victim was no longer called Ready, or a lock ran out, whichever came first. */
    private Optional<Mark> detected(long before) {
        var unready = within(Entry.PodSeen.class)
                .filter(pod -> victims.contains(name(pod.pod())) && (!pod.ready() || pod.gone()))
                .findFirst()
                .map(pod -> new Mark(
                        pod.at(), name(pod.pod()) + (pod.gone() ? " was known to be gone" : " was not Ready")));
        return Stream.concat(unready.stream(), expired().stream())
                .filter(mark -> mark.at() <= before)
                .min((one, other) -> Long.compare(one.at(), other.at()));
    }

    /** A victim's lock that was neither renewed nor given up is known to be stale when its time is over. */
    private Optional<Mark> expired() {
        Map<String, Entry.LockSeen> last = new HashMap<>();
        for (var lock : history.all(Entry.LockSeen.class).toList()) {
            var earlier = last.put(lock.lock(), lock);
            if (lock.at() >= act
                    && earlier != null
                    && victims.contains(earlier.holder())
                    && !lock.holder().equals(earlier.holder())) {
                var over = earlier.at() + earlier.ttl().toNanos();
                return Optional.of(
                        over <= lock.at() && !earlier.ttl().isZero()
                                ? new Mark(Math.max(act, over), "the lock of " + earlier.holder() + " had run out")
                                : new Mark(lock.at(), earlier.holder() + " gave up its lock"));
            }
        }
        return Optional.empty();
    }

    private Optional<Mark> decided() {
        Map<String, String> holders = new HashMap<>();
        for (var lock : history.all(Entry.LockSeen.class).toList()) {
            var earlier = holders.getOrDefault(lock.lock(), "");
            if (lock.at() >= act
                    && lock.at() <= outage.to()
                    && !lock.holder().isEmpty()
                    && !lock.holder().equals(earlier)) {
                return Optional.of(new Mark(lock.at(), lock.holder() + " holds the lock"));
            }
            if (!lock.holder().isEmpty()) {
                holders.put(lock.lock(), lock.holder());
            }
        }
        return Optional.empty();
    }

    private Optional<Mark> promoted() {
        return within(Entry.Observed.class)
                .filter(seen -> seen.source().equals("role") && !victims.contains(seen.subject()))
                .filter(seen -> seen.what().matches("\\w+: (primary|leader)\\b.*"))
                .findFirst()
                .map(seen -> new Mark(seen.at(), seen.subject() + " is " + seen.what()));
    }

    /** Every service that a victim served goes elsewhere, to somebody who is no victim. */
    private Optional<Mark> published() {
        var elsewhere = new HashSet<String>();
        var concerned = new HashSet<String>();
        Mark last = null;
        for (var route : history.all(Entry.RouteSeen.class).toList()) {
            var victim = route.ready().stream().anyMatch(victims::contains);
            if (route.at() < act && victim) {
                concerned.add(route.service());
            }
            if (route.at() >= act
                    && route.at() <= outage.to()
                    && concerned.contains(route.service())
                    && !route.ready().isEmpty()
                    && !victim
                    && elsewhere.add(route.service())) {
                last = new Mark(route.at(), route.service() + " goes to " + String.join(", ", route.ready()));
            }
        }
        return Optional.ofNullable(last);
    }
}
