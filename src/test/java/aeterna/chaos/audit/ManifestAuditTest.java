package aeterna.chaos.audit;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.model.Flaw;
import aeterna.chaos.model.Flaw.Kind;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Topology;
import aeterna.chaos.model.Zone;
import aeterna.chaos.yaml.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each rule finds what it is for, and nothing where that is mended. */
class ManifestAuditTest {
    private static final Topology TWO_ZONES = topology("a", "b", "a");

    /** Nothing is wrong with it in two zones; {@code %s} are its strategy, its affinity and its container's port. */
    private static final String APP = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: app, annotations: {aeterna.chaos/needs-majority: a vote}}
            spec:
              replicas: 3
              strategy: {rollingUpdate: {maxUnavailable: 1}}
              selector: {matchLabels: {app: app}}
              template:
                metadata: {labels: {app: app}}
                spec:
                  affinity: {}
                  containers: [{name: app, image: app:1, ports: [{name: http, containerPort: 8080}]}]
            """;

    private static final String BUDGET = """
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata: {name: app}
            spec: {minAvailable: 2, selector: {matchLabels: {app: app}}}
            """;

    private static Topology topology(String... zones) {
        var nodes = new ArrayList<Node>();
        nodes.add(new Node("node-0", Node.Role.CONTROL_PLANE, Map.of(), List.of()));
        for (var zone : zones) {
            nodes.add(new Node("node-" + nodes.size(), Node.Role.WORKER, Map.of(Zone.LABEL, zone), List.of()));
        }
        return new Topology("test", 6443, nodes, List.of());
    }

    private static List<String> found(Topology topology, String... manifests) {
        return ManifestAudit.of(Yaml.parseAll("test", String.join("---\n", manifests)), topology).stream()
                .map(flaw -> flaw.kind() + " " + flaw.object())
                .toList();
    }

    private static String apart(String key) {
        return APP.replace(
                "affinity: {}",
                "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
                        + " [{labelSelector: {matchLabels: {app: app}}, topologyKey: " + key + "}]}}");
    }

    @Test
    void nothingIsWrongWithASoundOne() {
        var spread = APP.replace(
                "affinity: {}",
                "topologySpreadConstraints: [{maxSkew: 1, topologyKey: topology.kubernetes.io/zone,"
                        + " whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: app}}}]");
        assertThat(found(topology("a", "b", "c"), spread, BUDGET)).isEmpty();
    }

    @Test
    void moreReplicasThanPlacesStayPendingAndBlockTheirBudget() {
        assertThat(found(TWO_ZONES, apart(Zone.LABEL), BUDGET))
                .containsExactlyInAnyOrder("pending app", "budget-blocks app", "zone-loss app");
        assertThat(found(topology("a", "b", "c"), apart(Zone.LABEL), BUDGET)).isEmpty();
    }

    @Test
    void asManyReplicasAsPlacesCannotBeUpdatedWithoutOneAway() {
        var stiff = apart("kubernetes.io/hostname").replace("maxUnavailable: 1", "maxUnavailable: 25%");
        assertThat(found(TWO_ZONES, stiff, BUDGET)).contains("no-room app");
        assertThat(found(TWO_ZONES, apart("kubernetes.io/hostname"), BUDGET)).doesNotContain("no-room app");
        assertThat(found(topology("a", "b", "a", "b"), stiff, BUDGET)).doesNotContain("no-room app");
    }

    @Test
    void twoBudgetsOnOnePodAndNone() {
        assertThat(found(TWO_ZONES, APP, BUDGET, BUDGET.replace("name: app}", "name: other}")))
                .contains("budgets-overlap app");
        assertThat(found(TWO_ZONES, APP)).contains("no-budget app");
        assertThat(found(TWO_ZONES, APP.replace("replicas: 3", "replicas: 1"))).doesNotContain("no-budget app");
    }

    @Test
    void whoeverSpeaksOfNobody() {
        assertThat(found(TWO_ZONES, APP, BUDGET.replace("{app: app}", "{app: apps}")))
                .contains("selects-nothing PodDisruptionBudget/app");
        assertThat(found(
                        TWO_ZONES,
                        APP,
                        BUDGET,
                        "{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {selector: {role: x}}}\n"))
                .contains("selects-nothing Service/s");
        assertThat(found(
                        TWO_ZONES,
                        APP.replace(
                                "{name: app, annotations: {",
                                "{name: app, annotations: {aeterna.chaos/labels-set-later: role, "),
                        BUDGET,
                        "{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {selector: {role: x}}}\n"))
                .doesNotContain("selects-nothing Service/s");
        assertThat(found(
                        TWO_ZONES,
                        apart("kubernetes.io/hostname")
                                .replace("{matchLabels: {app: app}}, top", "{matchLabels: {app: b}}, top"),
                        BUDGET))
                .contains("selects-nothing Deployment/app");
    }

    @Test
    void aPolicyForAPortThatNobodyListensOn() {
        var policy = """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: p}
                spec: {podSelector: {matchLabels: {app: app}}, ingress: [{ports: [{port: 8000}]}]}
                """;
        assertThat(found(TWO_ZONES, APP, BUDGET, policy)).contains("closed-port p");
        assertThat(found(TWO_ZONES, APP, BUDGET, policy.replace("8000", "8080")))
                .doesNotContain("closed-port p");
        assertThat(found(TWO_ZONES, APP, BUDGET, policy.replace("8000", "http")))
                .doesNotContain("closed-port p");
    }

    @Test
    void anAutoscalerThatMayWantMoreThanThereIsRoomForAndTwoOfThem() {
        var autoscaler = """
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: app}
                spec: {minReplicas: 2, maxReplicas: 4, scaleTargetRef: {kind: Deployment, name: app}}
                """;
        assertThat(found(TWO_ZONES, apart("kubernetes.io/hostname"), BUDGET, autoscaler))
                .contains("cannot-scale app");
        assertThat(found(TWO_ZONES, APP, BUDGET, autoscaler)).doesNotContain("cannot-scale app");
        assertThat(found(TWO_ZONES, APP, BUDGET, autoscaler, autoscaler.replace("name: app}\nspec", "name: b}\nspec")))
                .contains("cannot-scale app");
    }

    @Test
    void aFieldThatKubernetesDoesNotHave() {
        assertThat(ManifestAudit.of(
                        Yaml.parseAll("test", APP.replace("affinity: {}", "affinity: {podTopologySpread: []}")),
                        TWO_ZONES))
                .contains(new Flaw(
                        Kind.DROPPED,
                        "Deployment/app spec.template.spec.affinity.podTopologySpread",
                        "Kubernetes has no such field, and without strict validation says nothing"));
    }
}
