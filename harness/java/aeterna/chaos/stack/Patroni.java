package aeterna.chaos.stack;

import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.Words;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Patroni, with a lock in the Kubernetes API: whoever holds it is the primary.
 *
 * @param pods the instances
 */
record Patroni(Cluster cluster, String namespace, Selection pods) implements Election {
    /** Patroni's scope: the lock, its settings and its other objects are Endpoints of that name. */
    private static final String SCOPE = "aeterna-postgres-rw";

    private static final JsonMapper JSON = JsonMapper.shared();

    /** What Patroni keeps in its own store after the first start, by the profile's names. */
    private static final Map<String, String> LIVE_SETTINGS = new TreeMap<>(Map.of(
            "ttl", "postgres.ttl",
            "loop_wait", "postgres.loopWait",
            "retry_timeout", "postgres.retryTimeout",
            "primary_start_timeout", "postgres.primaryStartTimeout",
            "primary_stop_timeout", "postgres.primaryStopTimeout",
            "synchronous_mode", "postgres.synchronousMode",
            "synchronous_node_count", "postgres.synchronousNodeCount",
            "synchronous_mode_strict", "postgres.synchronousModeStrict",
            "failsafe_mode", "postgres.failsafeMode"));

    /** In PostgreSQL's words; Patroni only leaves it alone where its own synchronous_mode is off. */
    private static final String STANDBY_NAMES = "synchronous_standby_names";

    @Override
    public Optional<String> holder() {
        return cluster.endpointsAnnotations(namespace, SCOPE)
                .map(annotations -> annotations.getOrDefault("leader", ""))
                .filter(name -> !name.isEmpty());
    }

    @Override
    public List<String> workloads() {
        return List.of("aeterna-postgres");
    }

    @Override
    public List<SteadyCheck> steady(Profile profile) {
        return List.of();
    }

    @Override
    public Optional<Floor> floor(Loss loss) {
        if (loss != Loss.SILENT) {
            // Either it gives up its lock itself, or its successor of the same name does, as soon as that finds itself
            // the holder of a lock and without a running database: no timer has to run out.
            return Optional.of(new Floor(List.of()));
        }
        var settings = liveSettings();
        var ttl = Duration.ofSeconds(settings.path("ttl").asInt(30));
        var loopWait = Duration.ofSeconds(settings.path("loop_wait").asInt(10));
        // At best it had renewed its lock a whole loop ago when it fell silent.
        var lock = new Floor.Part(
                "patroni ttl " + Words.of(ttl) + " less one loop_wait of " + Words.of(loopWait), ttl.minus(loopWait));
        return Optional.of(new Floor(List.of(lock)));
    }

    private JsonNode liveSettings() {
        var text = cluster.endpointsAnnotations(namespace, SCOPE + "-config")
                .map(annotations -> annotations.getOrDefault("config", ""))
                .orElse("");
        try {
            return JSON.readTree(text.isEmpty() ? "{}" : text);
        } catch (JacksonException malformed) {
            throw new Problem(
                    "Patroni's settings in " + namespace + "/" + SCOPE + "-config are no JSON: "
                            + malformed.getMessage(),
                    "Deploy the stack anew.",
                    malformed);
        }
    }

    /** Gives a running cluster the profile's settings, which Patroni reads from files at its very first start alone. */
    @Override
    public void settle(Profile profile, Supplier<String> primary) {
        var live = liveSettings();
        var changes = new ArrayList<String>();
        LIVE_SETTINGS.forEach((setting, key) -> {
            var wanted = profile.get(key);
            if (!live.path(setting).asString("").equals(wanted)) {
                changes.add("-s");
                changes.add(setting + "=" + wanted);
            }
        });
        var fixed = profile.get("postgres.synchronousStandbyNames");
        if (!live.path("postgresql")
                .path("parameters")
                .path(STANDBY_NAMES)
                .asString("")
                .equals(fixed)) {
            changes.add("-s");
            changes.add("postgresql.parameters." + STANDBY_NAMES + "=" + (fixed.isEmpty() ? "null" : fixed));
        }
        if (!changes.isEmpty()) {
            var command = Stream.concat(
                    Stream.of("patronictl", "-c", "/run/patroni", "edit-config", "--force", "--quiet"),
                    changes.stream());
            cluster.exec(namespace, primary.get(), command.toArray(String[]::new));
        }
    }

    /** Its leader's lock and every instance's own view. */
    @Override
    public void record(Path folder) throws Exception {
        var text = new StringBuilder();
        for (var object : List.of(SCOPE, SCOPE + "-sync", SCOPE + "-config")) {
            text.append("# ").append(object).append('\n');
            new TreeMap<>(cluster.endpointsAnnotations(namespace, object).orElse(Map.of()))
                    .forEach((key, value) ->
                            text.append(key).append(": ").append(value).append('\n'));
        }
        for (var pod : pods.alive()) {
            text.append("# as ").append(pod.name()).append(" sees it\n");
            try {
                text.append(cluster.exec(namespace, pod.name(), "patronictl", "-c", "/run/patroni", "list", "-e"));
            } catch (Problem unreachable) {
                text.append(unreachable.getMessage()).append('\n');
            }
        }
        Files.writeString(folder.resolve("patroni.txt"), text);
    }
}
