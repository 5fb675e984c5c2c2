package aeterna.chaos.cluster.k3s;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.cluster.NodeTimersFile;
import aeterna.chaos.cluster.TestbedRequest;
import aeterna.chaos.cluster.TopologyFile;
import aeterna.chaos.model.Image;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestTest {
    @Test
    void aTestbedIsFoundAgainByItsShapeAndToldFromOthers() {
        var three = request("three-zones", "tuned");
        var labels = Request.labels(three, images("node:1"));
        assertThat(Request.topology(labels.get(Labels.TOPOLOGY))).isEqualTo(three.topology());
        assertThat(Request.digest(request("three-zones", "tuned"), images("node:1")))
                .isEqualTo(labels.get(Labels.REQUEST));
        assertThat(Request.digest(request("two-zones", "tuned"), images("node:1")))
                .isNotEqualTo(labels.get(Labels.REQUEST));
        assertThat(Request.digest(request("three-zones", "stock"), images("node:1")))
                .isNotEqualTo(labels.get(Labels.REQUEST));
        assertThat(Request.digest(three, images("node:2"))).isNotEqualTo(labels.get(Labels.REQUEST));
    }

    private static TestbedRequest request(String topology, String timers) {
        var folder = Path.of("kind-config");
        return new TestbedRequest(
                "t",
                new TopologyFile(folder).read(topology),
                new NodeTimersFile(folder.resolve("node-timers.yaml")).read(timers));
    }

    private static K3sImages images(String node) {
        var image = new Image("node", Image.Flavour.OFFLINE, node);
        return new K3sImages(image, image, image, Map.of());
    }
}
