package aeterna.chaos.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.client.CacheEntrance;
import aeterna.chaos.fakes.FakeCluster;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheTest {
    private final FakeCluster cluster = new FakeCluster();
    /** On a port where nobody listens. */
    private final Cache cache = new Cache(cluster, "aeterna", Cache.By.OURS, new CacheEntrance("cache", 1));

    private void pod(String name, String role) {
        cluster.pod(name, "node-1", Map.of("app", "aeterna-dragonfly", "role", role));
    }

    @Test
    void thePrimaryIsTheOneThatIsLabelled() {
        pod("aeterna-dragonfly-0", "replica");
        pod("aeterna-dragonfly-1", "master");

        assertThat(cache.primary().resolve(new Random(1)).pods())
                .singleElement()
                .asString()
                .contains("aeterna-dragonfly-1");
        assertThat(cache.anyReplica().resolve(new Random(1)).pods())
                .singleElement()
                .asString()
                .contains("aeterna-dragonfly-0");
        assertThat(cache.roles()).isEqualTo(Map.of("aeterna-dragonfly-0", "replica", "aeterna-dragonfly-1", "primary"));
        assertThat(cache.primary().floor(Loss.ABRUPT)).isPresent();
        assertThat(cache.primary().floor(Loss.SILENT)).isEmpty();
    }

    @Test
    void nobodyInParticularIsNotHit() {
        pod("aeterna-dragonfly-0", "replica");
        assertThatThrownBy(() -> cache.primary().resolve(new Random(1)))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("no primary");

        pod("aeterna-dragonfly-0", "master");
        pod("aeterna-dragonfly-1", "master");
        assertThatThrownBy(() -> cache.primary().resolve(new Random(1)))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("aeterna-dragonfly-0 and aeterna-dragonfly-1");

        pod("aeterna-dragonfly-1", "replica");
        cluster.change("aeterna-dragonfly-0", false, false, "x", 1);
        assertThatThrownBy(() -> cache.primary().resolve(new Random(1)))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("already damaged");
    }

    @Test
    void aPrimaryTellsOfItsReplicas() {
        var info = String.join(
                "\r\n",
                "# Replication",
                "role:master",
                "connected_slaves:3",
                "slave0:ip=aeterna-dragonfly-1,port=6379,state=online,offset=1204,lag=0",
                "slave1:ip=aeterna-dragonfly-2,port=6379,state=send_bulk,offset=0,lag=0",
                "slave2:ip=aeterna-dragonfly-3,port=6379,state=online,offset=7,lag=4",
                "master_replid:5c1f",
                "");

        var replicas = Cache.replicas(info);

        assertThat(replicas).extracting(Cache.Replica::caughtUp).containsExactly(true, false, false);
        assertThat(replicas.get(0)).hasToString("aeterna-dragonfly-1 online 0 s behind");
    }

    @Test
    void isNotSteadyWhileTheWayInIsShut() {
        pod("aeterna-dragonfly-0", "master");

        var look = cache.replicasCaughtUp(1).look();

        assertThat(look.steady()).isFalse();
        assertThat(look.seen()).startsWith("the way in through the cache is shut");
    }

    @Test
    void keepsWhatEveryInstanceSaysAsEvidence(@TempDir Path folder) throws Exception {
        pod("aeterna-dragonfly-0", "master");
        cluster.exec = command -> command + "\n";

        cache.evidence().get(0).collect(folder);

        assertThat(Files.readString(folder.resolve("cache.txt")))
                .isEqualTo("# aeterna-dragonfly-0 master\nredis-cli info replication\nredis-cli info persistence\n");
    }
}
