package aeterna.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.model.Node;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Zone;
import aeterna.chaos.yaml.Yaml;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopologyFileTest {
    private static final String HEAD = """
            kind: Cluster
            apiVersion: kind.x-k8s.io/v1alpha4
            networking: {apiServerPort: 6443}
            nodes:
            """;

    private final TopologyFile files = new TopologyFile(Path.of("kind-config"));

    @Test
    void threeZonesHaveTwoNodesEachAndAControlPlaneOutside() {
        var topology = files.read("three-zones");
        assertThat(topology.zones()).extracting(Zone::name).containsExactly("zone-a", "zone-b", "zone-c");
        assertThat(topology.zones())
                .allSatisfy(zone -> assertThat(topology.nodesIn(zone)).hasSize(2));
        assertThat(topology.nodesIn(new Zone("zone-b"))).extracting(Node::name).containsExactly("node-3", "node-4");
        assertThat(topology.controlPlane().zone()).isEmpty();
        assertThat(topology.controlPlane().taints())
                .containsExactly("node-role.kubernetes.io/control-plane=:NoSchedule");
        assertThat(topology.apiPort()).isEqualTo(6443);
    }

    @Test
    void twoZonesAreThePagesOwnExample() {
        var topology = files.read("two-zones");
        assertThat(topology.workers().stream()
                        .map(node -> node.zone().orElseThrow().name()))
                .containsExactly("zone-a", "zone-b", "zone-a");
    }

    @Test
    void aMistypedNameListsTheOnesThereAre() {
        assertThatThrownBy(() -> files.read("tree-zones"))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.remedy()).contains("three-zones", "two-zones"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- {role: worker}|f.yaml:5: this worker is in no zone",
                "- {role: master}|f.yaml:5: 'master' is no role",
                "- {rolle: worker}|f.yaml:5: the key 'rolle' is not known here",
                "- {role: control-plane, labels: {topology.kubernetes.io/zone: a}}|f.yaml:5: the control plane is in a zone",
                "- {role: control-plane, extraPortMappings: [{hostPort: 99999, containerPort: 1}]}|f.yaml:5: '99999' is not a whole number from 1 to 65535",
                "- {role: control-plane, extraPortMappings: [{hostPort: 80, containerPort: 1, listenAddress: 0.0.0.0}]}|f.yaml:5: '0.0.0.0' is not supported here",
                "- {role: control-plane}|f.yaml:5: there is no worker",
                "- {role: worker, labels: {topology.kubernetes.io/zone: a}}|f.yaml:5: there is no control plane",
                "[|f.yaml:6: ",
            })
    void aMalformedTopologyIsRefusedWithLineAndReason(String node, String message) {
        assertThatThrownBy(() -> TopologyFile.parse("f", Yaml.parse("f.yaml", HEAD + "  " + node + "\n")))
                .isInstanceOf(Problem.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void onePortIsPublishedOnce() {
        var twice = HEAD + "  - {role: control-plane, extraPortMappings: [{hostPort: 6443, containerPort: 1}]}\n"
                + "  - {role: worker, labels: {topology.kubernetes.io/zone: a}}\n";
        assertThatThrownBy(() -> TopologyFile.parse("f", Yaml.parse("f.yaml", twice)))
                .hasMessageContaining("host port 6443 is published twice");
    }

    @Test
    void nodeTimersAreReadByName() {
        var timers = new NodeTimersFile(Path.of("kind-config/node-timers.yaml"));
        assertThat(timers.read("stock").controllerManager()).isEmpty();
        assertThat(timers.read("tuned").controllerManager()).containsEntry("node-monitor-grace-period", "10s");
        assertThatThrownBy(() -> timers.read("tunde"))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.remedy()).contains("stock, tuned"));
    }

    @Test
    void everyPlaceOfAManifestMustBeFilled() {
        assertThat(Manifests.fill("f.yaml", "image: ${image.a}\n", Map.of("image.a", "a:$1")))
                .isEqualTo("image: a:$1\n");
        assertThatThrownBy(() -> Manifests.fill("f.yaml", "x: 1\nimage: ${image.b}\n", Map.of("image.a", "a")))
                .isInstanceOf(Problem.class)
                .hasMessage("f.yaml:2: nothing fills ${image.b}");
    }

    @Test
    void theAddOnsNameOnlyKnownImages() {
        var images = List.of("coredns", "metrics-server", "local-path", "busybox").stream()
                .collect(Collectors.toMap(name -> "image." + name, name -> name + ":1"));
        assertThat(new Manifests(Path.of("kind-config/addons")).filled(images)).hasSize(3);
    }
}
