package aeterna.chaos.observe;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.time.Rounds;
import aeterna.chaos.time.Timekeeper;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;

/**
 * Writes down who has which role in one component, such as primary or follower, at the beginning and as often as that changes.
 * Nobody tells of roles by itself, so it asks, and a change is known to one interval.
 *
 * @param component whose roles
 * @param roles pod names and what each is right now
 * @param time the runner's own
 */
public record RoleWatch(String component, Callable<Map<String, String>> roles, Timekeeper time) implements Observer {
    /** The answer of a component whose leader is frozen may never come. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    @Override
    public Watch watch(Recorder recorder) {
        var telling = new Telling(recorder);
        return Rounds.begin(time, INTERVAL, LIMIT, roles, telling::tell, telling::trouble)::end;
    }

    /** One watch under way. */
    private final class Telling {
        private final Recorder recorder;
        private Map<String, String> known = Map.of();

        Telling(Recorder recorder) {
            this.recorder = recorder;
        }

        void tell(Map<String, String> now) {
            var pods = new TreeSet<>(known.keySet());
            pods.addAll(now.keySet());
            for (var pod : pods) {
                var before = known.getOrDefault(pod, "");
                var role = now.getOrDefault(pod, "");
                if (!role.equals(before)) {
                    recorder.record(new Entry.Observed(time.nanos(), "role", pod, said(role, before)));
                }
            }
            known = new TreeMap<>(now);
        }

        private String said(String role, String before) {
            return component + ": " + (role.isEmpty() ? "no role" : role) + (before.isEmpty() ? "" : ", was " + before);
        }

        /** Once for each time of silence. */
        void trouble(String why, boolean first) {
            if (first) {
                recorder.record(new Entry.Trouble(time.nanos(), "roles of " + component, why));
            }
        }
    }
}
