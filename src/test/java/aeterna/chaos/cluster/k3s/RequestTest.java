package aeterna.chaos.cluster.k3s;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.cluster.NodeTimersFile;
import aeterna.chaos.cluster.TestbedRequest;
import aeterna.chaos.cluster.TopologyFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RequestTest {
    @Test
    void aTestbedIsFoundAgainByItsShapeAndToldFromOthers() {
        var three = request("three-zones", "tuned");
        var labels = Request.labels(three, "node:1");
        assertThat(Request.topology(labels.get(Labels.TOPOLOGY))).isEqualTo(three.topology());
        assertThat(Request.digest(request("three-zones", "tuned"), "node:1")).isEqualTo(labels.get(Labels.REQUEST));
        assertThat(Request.digest(request("two-zones", "tuned"), "node:1")).isNotEqualTo(labels.get(Labels.REQUEST));
        assertThat(Request.digest(request("three-zones", "stock"), "node:1")).isNotEqualTo(labels.get(Labels.REQUEST));
        assertThat(Request.digest(three, "node:2")).isNotEqualTo(labels.get(Labels.REQUEST));
    }

    private static TestbedRequest request(String topology, String timers) {
        var folder = Path.of("kind-config");
        return new TestbedRequest(
                "t",
                new TopologyFile(folder).read(topology),
                new NodeTimersFile(folder.resolve("node-timers.yaml")).read(timers));
    }
}
