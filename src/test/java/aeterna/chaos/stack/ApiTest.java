package aeterna.chaos.stack;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.cluster.Autoscaler;
import aeterna.chaos.cluster.Rollout;
import aeterna.chaos.fakes.FakeCluster;
import aeterna.chaos.model.SteadyCheck.Look;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiTest {
    private final FakeCluster cluster = new FakeCluster();
    private final Api api = new Api(cluster, "aeterna", true, 1);

    ApiTest() {
        cluster.pod(
                "aeterna-1",
                "node-1",
                Map.of("app.kubernetes.io/name", "aeterna", "app.kubernetes.io/instance", "aeterna"));
        cluster.pod(
                "aeterna-postgres-1",
                "node-1",
                Map.of("cnpg.io/cluster", "aeterna-postgres", "cnpg.io/podRole", "instance"));
    }

    @ParameterizedTest
    @CsvSource({
        "3, 3, 3, true, true, 3 replicas",
        "3, 3, 4, true, false, wants 4",
        "1, 3, 3, true, false, 1 replicas",
        "2, 2, 2, true, false, 2 replicas",
        "11, 11, 11, true, false, 11 replicas",
        "3, 3, 3, false, false, FailedGetResourceMetric",
    })
    void isScaledWhenTheAutoscalerSeesAndHasWhatItWants(
            int replicas, int current, int desired, boolean scaling, boolean steady, String seen) {
        cluster.rollouts.add(new Rollout("Deployment", "aeterna", replicas, replicas, replicas, replicas, true));
        cluster.autoscalers.add(
                new Autoscaler("aeterna", current, desired, scaling, scaling ? "" : "FailedGetResourceMetric"));

        var look = api.scaled(3, 10).look();
        assertThat(look.steady()).as(look.seen()).isEqualTo(steady);
        assertThat(look.seen()).contains(seen);
    }

    @Test
    void isNotScaledWithoutAnAutoscaler() {
        assertThat(api.scaled(3, 10).look().steady()).isFalse();
    }

    @Test
    void aReplicaThatLetsAStrangerInIsNamed() {
        cluster.exec = command -> "";
        assertThat(api.onlyTheGatewayIsLetIn().look())
                .isEqualTo(new Look(true, "aeterna-postgres-1 is refused by 1 replicas"));

        var address = cluster.pods().stream()
                .filter(pod -> pod.name().equals("aeterna-1"))
                .findFirst()
                .orElseThrow()
                .address();
        cluster.exec = command -> command.contains("/dev/tcp/") && command.endsWith(address) ? address + "\n" : "";
        assertThat(api.onlyTheGatewayIsLetIn().look().steady()).isFalse();
        assertThat(api.onlyTheGatewayIsLetIn().look().seen())
                .startsWith("aeterna-postgres-1 is let in by aeterna-1: this cluster's network does not enforce");
    }
}
