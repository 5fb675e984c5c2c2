package aeterna.chaos.stack;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.client.SqlEntrance;
import aeterna.chaos.fakes.FakeCluster;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Loss;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the form of a Cluster's status that release 1.30 documents. */
class CloudNativePgTest {
    private static final String STATUS = """
            {"apiVersion":"postgresql.cnpg.io/v1","kind":"Cluster","metadata":{"name":"aeterna-postgres"},
             "status":{"instances":3,"readyInstances":%s,"currentPrimary":"%s","targetPrimary":"%s","phase":"%s",
                       "phaseReason":"","instancesStatus":{"healthy":["aeterna-postgres-1","aeterna-postgres-2"]}}}""";

    private final FakeCluster cluster = new FakeCluster();
    private final CloudNativePg election = new CloudNativePg(cluster, "aeterna");

    private void status(int ready, String current, String target, String phase) {
        cluster.objects.put("Cluster/aeterna-postgres", STATUS.formatted(ready, current, target, phase));
    }

    @ParameterizedTest
    @CsvSource({
        "3, aeterna-postgres-2, aeterna-postgres-2, Cluster in healthy state, aeterna-postgres-2, true",
        "2, aeterna-postgres-2, aeterna-postgres-2, Cluster in healthy state, aeterna-postgres-2, false",
        "2, aeterna-postgres-2, pending, Failing over, '', false",
        "2, aeterna-postgres-2, aeterna-postgres-1, Failing over, '', false",
        "3, aeterna-postgres-1, aeterna-postgres-1, Creating a new replica, aeterna-postgres-1, false"
    })
    void thePrimaryIsWhoIsAndShallBe(
            int ready, String current, String target, String phase, String holder, boolean steady) {
        status(ready, current, target, phase);

        assertThat(election.holder().orElse("")).isEqualTo(holder);
        assertThat(election.steady(Profile.read(Path.of("stack"), "recommended")))
                .singleElement()
                .satisfies(check -> assertThat(check.look().steady()).isEqualTo(steady))
                .satisfies(check -> assertThat(check.look().seen()).contains(ready + " of 3 instances", phase));
    }

    @Test
    void withoutAClusterNobodyLeads() {
        assertThat(election.holder()).isEmpty();
    }

    @Test
    void theDatabaseFindsItsPrimaryThere() {
        var postgres = new Postgres(
                cluster,
                "aeterna",
                true,
                new SqlEntrance("postgres", 1, new SqlEntrance.Login("a", "b", "c")),
                SqlEntrance.toStandbys("postgres replicas", 1, new SqlEntrance.Login("a", "b", "c")));
        for (var instance = 1; instance <= 3; instance++) {
            cluster.pod(
                    "aeterna-postgres-" + instance,
                    "node-" + instance,
                    Map.of(
                            "cnpg.io/cluster", "aeterna-postgres",
                            "cnpg.io/podRole", "instance",
                            "cnpg.io/instanceRole", instance == 2 ? "primary" : "replica"));
        }
        status(3, "aeterna-postgres-2", "aeterna-postgres-2", "Cluster in healthy state");

        assertThat(postgres.primary().resolve(RandomGenerator.getDefault()).pods())
                .containsExactly("aeterna/aeterna-postgres-2");
        assertThat(postgres.roles())
                .containsEntry("aeterna-postgres-2", "primary")
                .containsEntry("aeterna-postgres-3", "replica");
        assertThat(postgres.workloads()).isEmpty();
        assertThat(postgres.primary().floor(Loss.ABRUPT).orElseThrow().parts())
                .extracting(Floor.Part::duration)
                .containsExactly(Duration.ofSeconds(13));
    }
}
