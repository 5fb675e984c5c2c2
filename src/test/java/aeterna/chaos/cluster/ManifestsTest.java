package aeterna.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.image.Recipes;
import aeterna.chaos.model.Problem;
import aeterna.chaos.stack.Profile;
import aeterna.chaos.stack.RealFlavours;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every manifest, filled as it is when applied, is what the pinned Kubernetes release reads. */
class ManifestsTest {
    private static final Path HOME = Path.of("").toAbsolutePath();
    private static final KubernetesSchema SCHEMA = KubernetesSchema.read();

    static List<String> profiles() throws IOException {
        return files(HOME.resolve("stack/profiles")).stream()
                .map(file -> file.getFileName().toString().replace(".yaml", ""))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void theStackIsValidInEveryProfile(String profile) throws IOException {
        var values = new TreeMap<>(Profile.read(HOME.resolve("stack"), profile).values());
        values.putAll(images());
        RealFlavours.read(HOME.resolve("stack"))
                .imageNames()
                .forEach(name -> values.put("image." + RealFlavours.PREFIX + name, "registry/" + name + ":1"));
        values.put("stack.upstream", "");
        // What a restore fills in, when there is one.
        values.put("restore.name", "aeterna-postgres-restored");
        values.put("restore.time", "2026-01-01 12:00:00+00");
        var complaints = new ArrayList<String>();
        var checked = 0;
        for (Path file : files(HOME.resolve("stack"))) {
            if (isManifest(file)) {
                complaints.addAll(complaints(file, values));
                checked++;
            }
        }
        assertThat(complaints).isEmpty();
        assertThat(checked).as("manifests checked").isGreaterThanOrEqualTo(8);
    }

    /** Profiles and what flavours change are files of our own; what they come to is another test's business. */
    private static boolean isManifest(Path file) {
        var flavours = HOME.resolve("stack/flavours");
        return !file.startsWith(HOME.resolve("stack/profiles"))
                && (!file.startsWith(flavours) || flavours.relativize(file).getNameCount() == 3);
    }

    @Test
    void theAddOnsAreValid() throws IOException {
        var files = files(HOME.resolve("kind-config/addons"));
        assertThat(files).hasSizeGreaterThanOrEqualTo(3);
        for (Path file : files) {
            assertThat(complaints(file, images())).isEmpty();
        }
    }

    @Test
    void theSchemaIsThatOfTheNodesRelease() throws IOException {
        assertThat(Files.readString(HOME.resolve("images/node/k3s/go.mod")))
                .as("run .ci/kubernetes-schema after changing the release")
                .contains("\tk8s.io/kubernetes " + SCHEMA.release() + "\n");
    }

    @Test
    void anUnknownFieldIsNamedWithItsLine() {
        assertThat(SCHEMA.complaints("bad.yaml", """
                        apiVersion: v1
                        kind: Namespace
                        metadata: {name: fine}
                        ---
                        apiVersion: apps/v1
                        kind: Deployment
                        metadata: {name: app}
                        spec:
                          selector: {matchLabels: {app: app}}
                          template:
                            spec:
                              containers:
                                - name: app
                                  imagee: app:1
                        """))
                .containsExactly("bad.yaml:14: apps/v1 Deployment, spec.template.spec.containers[0]:"
                        + " there is no field 'imagee'");
    }

    @Test
    void aWrongTypeIsNamedWithItsLine() {
        assertThat(SCHEMA.complaints("bad.yaml", """
                        apiVersion: v1
                        kind: Service
                        metadata:
                          name: app
                        spec:
                          ports:
                            - {port: 80}
                            - port: "81"
                        """))
                .containsExactly("bad.yaml:8: v1 Service, spec.ports[1].port: string found, integer expected");
    }

    @Test
    void aLabelThatYamlReadsAsANumberIsRefused() {
        assertThat(SCHEMA.complaints("bad.yaml", """
                        apiVersion: v1
                        kind: Pod
                        metadata:
                          labels:
                            zone: 1
                        """))
                .containsExactly("bad.yaml:5: v1 Pod, metadata.labels.zone: integer found, string expected");
    }

    @Test
    void aMissingFieldIsNamed() {
        assertThat(SCHEMA.complaints("bad.yaml", """
                        apiVersion: apps/v1
                        kind: StatefulSet
                        spec:
                          template: {}
                        """))
                .singleElement()
                .asString()
                .startsWith("bad.yaml:3: apps/v1 StatefulSet, spec: ")
                .contains("'selector'");
    }

    @Test
    void aKindThatTheReleaseDoesNotHaveIsRefused() {
        assertThat(SCHEMA.complaints("bad.yaml", """
                        apiVersion: policy/v1beta1
                        kind: PodDisruptionBudget
                        """))
                .containsExactly(
                        "bad.yaml:1: 'policy/v1beta1 PodDisruptionBudget' is no apiVersion and kind of Kubernetes "
                                + SCHEMA.release());
    }

    @Test
    void aKeyThatStandsTwiceIsRefused() {
        assertThat(SCHEMA.complaints("bad.yaml", """
                        apiVersion: v1
                        kind: ConfigMap
                        data: {a: b}
                        data: {c: d}
                        """)).containsExactly("bad.yaml:4: the key 'data' stands twice");
    }

    @Test
    void aPlaceThatNothingFillsIsNamedWithItsLine() {
        assertThatThrownBy(() ->
                        Manifests.fill("bad.yaml", "kind: Pod\nspec: ${api.replicsa}\n", Map.of("api.replicas", "3")))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("bad.yaml:2: nothing fills ${api.replicsa}");
    }

    private static List<String> complaints(Path file, Map<String, String> values) throws IOException {
        var name = HOME.relativize(file).toString();
        return SCHEMA.complaints(name, Manifests.fill(name, Files.readString(file), values));
    }

    private static Map<String, String> images() {
        return Recipes.read(HOME.resolve("images")).names().stream()
                .collect(Collectors.toMap(name -> "image." + name, name -> "registry/" + name + ":1"));
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }
}
