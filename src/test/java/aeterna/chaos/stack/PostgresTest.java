package aeterna.chaos.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.client.SqlEntrance;
import aeterna.chaos.fakes.FakeCluster;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Problem;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PostgresTest {
    private static final String SETTINGS =
            "{\"ttl\":20,\"loop_wait\":2,\"retry_timeout\":5,\"primary_start_timeout\":0,\"primary_stop_timeout\":5,"
                    + "\"synchronous_mode\":\"quorum\",\"synchronous_node_count\":1,\"synchronous_mode_strict\":true,"
                    + "\"failsafe_mode\":true}";

    private final FakeCluster cluster = new FakeCluster();
    private final Random chance = new Random(7);
    private final Postgres postgres = new Postgres(
            cluster,
            "aeterna",
            false,
            new SqlEntrance("postgres", 1, new SqlEntrance.Login("a", "b", "c")),
            SqlEntrance.toStandbys("postgres replicas", 1, new SqlEntrance.Login("a", "b", "c")));

    PostgresTest() {
        instance(1, "replica");
        instance(2, "primary");
        instance(3, "replica");
        cluster.pod("aeterna-1", "node-1", Map.of("app.kubernetes.io/name", "aeterna"));
        cluster.annotations.put("aeterna-postgres-rw", Map.of("leader", "aeterna-postgres-2"));
        cluster.annotations.put("aeterna-postgres-rw-config", Map.of("config", SETTINGS));
    }

    private void instance(int number, String role) {
        cluster.pod(
                "aeterna-postgres-" + number,
                "node-" + number,
                Map.of(
                        "cnpg.io/cluster",
                        "aeterna-postgres",
                        "cnpg.io/podRole",
                        "instance",
                        "cnpg.io/instanceRole",
                        role));
    }

    @Test
    void thePrimaryIsWhoHoldsTheLock() {
        assertThat(postgres.primary().resolve(chance).pods()).containsExactly("aeterna/aeterna-postgres-2");
        assertThat(postgres.standbys().resolve(chance).pods())
                .containsExactly("aeterna/aeterna-postgres-1", "aeterna/aeterna-postgres-3");
        assertThat(postgres.anyStandby().resolve(chance).pods()).hasSize(1);
    }

    @Test
    void nobodyIsPrimaryWithoutALock() {
        cluster.annotations.remove("aeterna-postgres-rw");

        assertThatThrownBy(() -> postgres.primary().resolve(chance))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("no primary");
    }

    @Test
    void aPrimaryThatIsDownAlreadyIsNoTarget() {
        cluster.change("aeterna-postgres-2", false, false, "x", 1);

        assertThatThrownBy(() -> postgres.primary().resolve(chance))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("already damaged: aeterna-postgres-2");
    }

    @Test
    void twoWhoClaimTheRoleAreNobodyInParticular() {
        instance(3, "primary");

        assertThatThrownBy(() -> postgres.primary().resolve(chance))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("aeterna-postgres-2 and aeterna-postgres-3");
    }

    @Test
    void aSilentPrimaryKeepsItsLockUntilItRunsOut() {
        var silent = postgres.primary().floor(Loss.SILENT).orElseThrow();

        assertThat(silent.total()).isEqualTo(Duration.ofSeconds(18));
        assertThat(silent.parts().get(0).name()).isEqualTo("patroni ttl 20 s less one loop_wait of 2 s");
        assertThat(postgres.primary().floor(Loss.ABRUPT).orElseThrow().total()).isZero();
        assertThat(postgres.primary().floor(Loss.ANNOUNCED).orElseThrow().total())
                .isZero();
    }

    @Test
    void countsWhoReallyStreams() {
        cluster.exec = command -> "aeterna-postgres-1 streaming quorum\naeterna-postgres-3 catchup async\n";

        assertThat(postgres.standbysStreaming(1).look().steady()).isTrue();
        assertThat(postgres.standbysStreaming(2).look()).satisfies(look -> {
            assertThat(look.steady()).isFalse();
            assertThat(look.seen()).startsWith("1 of 2 stream from aeterna-postgres-2");
        });
    }

    @Test
    void changesOnlyTheLiveSettingsThatDiffer() {
        var values = new TreeMap<>(Map.of(
                "postgres.ttl", "20",
                "postgres.loopWait", "2",
                "postgres.retryTimeout", "5",
                "postgres.primaryStartTimeout", "0",
                "postgres.primaryStopTimeout", "5",
                "postgres.synchronousMode", "quorum",
                "postgres.synchronousNodeCount", "1",
                "postgres.synchronousModeStrict", "true",
                "postgres.failsafeMode", "true"));
        values.put("postgres.synchronousStandbyNames", "");
        var profile = new Profile("test", values);

        postgres.settle(profile);
        assertThat(cluster.acts).isEmpty();

        postgres.settle(profile.with("postgres.synchronousMode", "off"));
        assertThat(cluster.acts)
                .singleElement()
                .asString()
                .startsWith("exec aeterna-postgres-2 patronictl")
                .endsWith("-s synchronous_mode=off");

        cluster.acts.clear();
        postgres.settle(profile.with("postgres.synchronousStandbyNames", "ANY 2 (a, b)"));
        assertThat(cluster.acts)
                .singleElement()
                .asString()
                .endsWith("-s postgresql.parameters.synchronous_standby_names=ANY 2 (a, b)");
    }
}
