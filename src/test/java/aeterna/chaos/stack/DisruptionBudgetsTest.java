package aeterna.chaos.stack;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.cluster.Manifests;
import aeterna.chaos.image.Recipes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every replicated workload has one budget, which leaves room for a drain. A pod under two can never be evicted: the API server
 * answers 500, whatever the two allow.
 */
class DisruptionBudgetsTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Path STACK = Path.of("stack");

    private final List<JsonNode> objects = manifests();

    private static List<JsonNode> manifests() {
        var values = new TreeMap<>(Profile.read(STACK, "recommended").values());
        Recipes.read(Path.of("images")).names().forEach(name -> values.put("image." + name, name + ":1"));
        try (Stream<Path> folders = Files.list(STACK)) {
            return folders.filter(folder -> Files.isDirectory(folder) && !folder.endsWith("profiles"))
                    .sorted()
                    .flatMap(folder -> new Manifests(folder).filled(values).stream())
                    .flatMap(text -> StreamSupport.stream(
                            new Load(LoadSettings.builder().build())
                                    .loadAllFromString(text)
                                    .spliterator(),
                            false))
                    .<JsonNode>map(JSON::valueToTree)
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private List<JsonNode> ofKind(String... kinds) {
        return objects.stream()
                .filter(object -> List.of(kinds).contains(object.path("kind").asString("")))
                .toList();
    }

    private static String name(JsonNode object) {
        return object.path("metadata").path("name").asString("");
    }

    private static Map<String, String> texts(JsonNode object) {
        var texts = new TreeMap<String, String>();
        object.propertyStream()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asString("")));
        return texts;
    }

    /** The labels of a workload's pods; a StatefulSet's and a Job's controllers add their own, which no budget of ours selects. */
    private static Map<String, String> podLabels(JsonNode workload) {
        return texts(workload.path("spec").path("template").path("metadata").path("labels"));
    }

    private static boolean selects(JsonNode budget, Map<String, String> labels) {
        var selector = budget.path("spec").path("selector");
        assertThat(selector.propertyNames())
                .as("%s: this test reads matchLabels alone", name(budget))
                .containsExactly("matchLabels");
        return labels.entrySet().containsAll(texts(selector.path("matchLabels")).entrySet());
    }

    /** How many there are at least; what an autoscaler scales says it itself. */
    private int replicas(JsonNode workload) {
        return ofKind("HorizontalPodAutoscaler").stream()
                .filter(autoscaler -> autoscaler
                        .path("spec")
                        .path("scaleTargetRef")
                        .path("name")
                        .asString("")
                        .equals(name(workload)))
                .mapToInt(autoscaler ->
                        autoscaler.path("spec").path("minReplicas").asInt(1))
                .findFirst()
                .orElse(workload.path("spec").path("replicas").asInt(1));
    }

    @Test
    void noPodIsUnderTwoBudgets() {
        var workloads = ofKind("Deployment", "StatefulSet", "DaemonSet", "Job");
        assertThat(workloads).hasSizeGreaterThanOrEqualTo(4);
        for (var workload : workloads) {
            assertThat(ofKind("PodDisruptionBudget").stream().filter(budget -> selects(budget, podLabels(workload))))
                    .as("budgets of %s", name(workload))
                    .hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void everyReplicatedWorkloadHasABudgetThatLetsOnePodGo() {
        var uncovered = new ArrayList<String>();
        for (var workload : ofKind("Deployment", "StatefulSet")) {
            var replicas = replicas(workload);
            var budgets = ofKind("PodDisruptionBudget").stream()
                    .filter(budget -> selects(budget, podLabels(workload)))
                    .toList();
            if (replicas > 1 && budgets.isEmpty()) {
                uncovered.add(name(workload));
            }
            for (var budget : budgets) {
                var spec = budget.path("spec");
                var away = spec.has("minAvailable")
                        ? replicas - spec.path("minAvailable").asInt()
                        : spec.path("maxUnavailable").asInt();
                assertThat(away)
                        .as("pods of %s that %s lets go", name(workload), name(budget))
                        .isGreaterThanOrEqualTo(1);
                assertThat(replicas - away)
                        .as("pods of %s that must stay", name(workload))
                        .isGreaterThanOrEqualTo(1);
            }
        }
        assertThat(uncovered).as("workloads of several pods without a budget").isEmpty();
    }

    @Test
    void everyBudgetIsOfSomebody() {
        var budgets = ofKind("PodDisruptionBudget");
        assertThat(budgets).hasSizeGreaterThanOrEqualTo(3);
        for (var budget : budgets) {
            assertThat(ofKind("Deployment", "StatefulSet"))
                    .as(
                            "%s selects no pods: the page's own does not either, if the cluster has another name",
                            name(budget))
                    .anyMatch(workload -> selects(budget, podLabels(workload)));
        }
    }
}
