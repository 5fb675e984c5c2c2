package aeterna.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.model.Problem;
import aeterna.chaos.stack.Profile;
import aeterna.chaos.yaml.Yaml;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ConfigurationChecksumTest {
    private static final String POOLER = """
            # the first document
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: pooler
            spec:
              template:
                metadata:
                  labels:
                    app: pooler
                spec:
                  containers:
                    - name: pooler
                      env:
                        - name: PASSWORD
                          valueFrom:
                            secretKeyRef:
                              name: users
                              key: password
                  volumes:
                    - name: config
                      configMap:
                        name: pooler
            """;

    private static String config(String name, String annotations, String timeout) {
        return """
                kind: ConfigMap
                metadata:
                  name: %s
                  annotations: {%s}
                data:
                  pooler.ini: |
                    timeout = %s
                """.formatted(name, annotations, timeout);
    }

    private static String secret(String password) {
        return "kind: Secret\nmetadata:\n  name: users\nstringData:\n  password: " + password + "\n";
    }

    private static Optional<String> checksum(String... manifests) {
        var annotated = ConfigurationChecksum.annotate(List.of(manifests));
        return Yaml.parseAll("f.yaml", annotated.get(0)).stream()
                .filter(document -> document.get("kind").text().equals("Deployment"))
                .findFirst()
                .flatMap(document ->
                        document.get("spec").get("template").get("metadata").find("annotations"))
                .flatMap(annotations -> annotations.find(ConfigurationChecksum.CHECKSUM))
                .map(Yaml::text);
    }

    @Test
    void changesWithWhatThePodsReadWhereverThatIs() {
        var before = checksum(POOLER, config("pooler", "", "1") + "---\n" + secret("a"));

        assertThat(before).get().asString().matches("[0-9a-f]{12}");
        assertThat(checksum(POOLER, config("pooler", "", "1"), secret("a"))).isEqualTo(before);
        assertThat(checksum(POOLER, config("pooler", "", "2"), secret("a"))).isNotEqualTo(before);
        assertThat(checksum(POOLER, config("pooler", "", "1"), secret("b"))).isNotEqualTo(before);
        assertThat(checksum(POOLER, config("pooler", "", "1"), secret("a"), config("other", "", "3")))
                .isEqualTo(before);
    }

    @Test
    void leavesOutWhatMayChangeWithoutARestart() {
        var live = ConfigurationChecksum.NO_RESTART + ": read again every second";
        assertThat(checksum(POOLER, config("pooler", live, "1"), secret("a")))
                .isPresent()
                .isEqualTo(checksum(POOLER, config("pooler", live, "2"), secret("a")));
        assertThat(checksum(POOLER, config("pooler", live, "1"))).isEmpty();
    }

    @Test
    void leavesTheRestOfTheTextAlone() {
        var both = POOLER.replace("name: pooler\nspec", "name: second\nspec")
                        .replace("labels:", "annotations:\n        mine: yes\n      labels:")
                + "---\n" + POOLER + "---\n" + config("pooler", "", "1");
        var annotated = ConfigurationChecksum.annotate(List.of(both)).get(0);

        var added = annotated
                .lines()
                .filter(line -> line.contains(ConfigurationChecksum.CHECKSUM))
                .toList();
        assertThat(added).hasSize(2);
        assertThat(annotated.lines().filter(line -> !added.contains(line)).toList())
                .isEqualTo(both.lines().toList());
        assertThat(Yaml.parseAll("f.yaml", annotated)
                        .get(0)
                        .get("spec")
                        .get("template")
                        .get("metadata")
                        .get("annotations")
                        .map())
                .containsOnlyKeys("mine", ConfigurationChecksum.CHECKSUM);
    }

    @Test
    void saysSoWhereItCannotBePut() {
        var flow = POOLER.replace("metadata:\n      labels:\n        app: pooler", "metadata: {labels: {app: pooler}}");
        assertThatThrownBy(() -> checksum(flow, config("pooler", "", "1")))
                .isInstanceOf(Problem.class)
                .hasMessage("manifest:8: a pod's metadata are between braces here");
    }

    @Test
    void aChangedValueOfTheProfileStartsThePoolersPodsAnew() {
        var profile = Profile.read(Path.of("stack"), "recommended");
        var before = pooler(profile);

        assertThat(before).contains(ConfigurationChecksum.CHECKSUM);
        assertThat(pooler(profile.with("pooler.queryTimeout", "17"))).isNotEqualTo(before);
        assertThat(pooler(profile.with("api.startDelay", "17s"))).isEqualTo(before);
    }

    private static String pooler(Profile profile) {
        var values = new TreeMap<>(profile.values());
        values.put("image.pgbouncer", "pgbouncer:1");
        var annotated = ConfigurationChecksum.annotate(new Manifests(Path.of("stack/pooler")).filled(values));
        return annotated.get(0).substring(annotated.get(0).indexOf("kind: Deployment"));
    }
}
