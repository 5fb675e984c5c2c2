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
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** CloudNativePG: its operator chooses, the status of its Cluster says whom. */
record CloudNativePg(Cluster cluster, String namespace) implements Election {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String API = "postgresql.cnpg.io/v1";
    private static final String NAME = "aeterna-postgres";

    /** The operator's default ({@code docs/src/failover.md} of 1.30): how long nobody may take over from a primary that said nothing. */
    private static final Duration LEASE = Duration.ofSeconds(15);

    /** The operator's default: how often the lease is renewed. */
    private static final Duration RETRY = Duration.ofSeconds(2);

    @Override
    public Optional<String> holder() {
        return status().flatMap(CloudNativePg::primary);
    }

    /** The primary that is and shall be; in the midst of a failover the two differ, or the second is {@code pending}. */
    static Optional<String> primary(JsonNode status) {
        var current = status.path("currentPrimary").asString("");
        return current.isEmpty() || !current.equals(status.path("targetPrimary").asString(""))
                ? Optional.empty()
                : Optional.of(current);
    }

    private Optional<JsonNode> status() {
        return cluster.object(API, "Cluster", namespace, NAME).map(text -> {
            try {
                return JSON.readTree(text).path("status");
            } catch (JacksonException malformed) {
                throw new Problem("the Cluster " + NAME + " is no JSON", "Look at the API server.", malformed);
            }
        });
    }

    /** The operator makes its pods itself, without a Deployment or StatefulSet. */
    @Override
    public List<String> workloads() {
        return List.of();
    }

    @Override
    public Optional<Floor> floor(Loss loss) {
        return Optional.of(new Floor(
                loss == Loss.ANNOUNCED
                        ? List.of()
                        : List.of(new Floor.Part(
                                "primary lease " + Words.of(LEASE) + " less one renewal of " + Words.of(RETRY),
                                LEASE.minus(RETRY)))));
    }

    @Override
    public void settle(Profile profile, Supplier<String> primary) {
        // All of it is in the Cluster's manifest.
    }

    @Override
    public List<SteadyCheck> steady(Profile profile) {
        var wanted = profile.number("postgres.instances");
        return List.of(SteadyCheck.named(
                "postgres: the operator has all instances",
                () -> status().map(status -> look(status, wanted))
                        .orElseGet(() -> new SteadyCheck.Look(false, "there is no Cluster " + NAME))));
    }

    static SteadyCheck.Look look(JsonNode status, int wanted) {
        var ready = status.path("readyInstances").asInt(0);
        var phase = status.path("phase").asString("not looked at yet");
        return new SteadyCheck.Look(
                ready == wanted && primary(status).isPresent() && phase.equals("Cluster in healthy state"),
                ready + " of " + wanted + " instances are ready, primary "
                        + primary(status).orElse("being chosen") + ": " + phase
                        + (status.path("phaseReason").asString("").isEmpty()
                                ? ""
                                : " (" + status.path("phaseReason").asString("") + ")"));
    }

    @Override
    public void record(Path folder) throws Exception {
        Files.writeString(
                folder.resolve("cloudnative-pg.json"),
                cluster.object(API, "Cluster", namespace, NAME).orElse("there is no Cluster " + NAME));
    }
}
