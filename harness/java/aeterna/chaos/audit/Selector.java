package aeterna.chaos.audit;

import aeterna.chaos.yaml.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A label selector in a manifest. */
final class Selector {
    private final List<Predicate<Map<String, String>>> requirements = new ArrayList<>();
    private final List<String> words = new ArrayList<>();

    private Selector() {}

    /** Reads {@code matchLabels} and {@code matchExpressions}. */
    static Selector of(Yaml selector) {
        var read = ofLabels(selector.find("matchLabels").map(Yaml::textMap).orElse(Map.of()));
        selector.find("matchExpressions")
                .ifPresent(list -> list.list()
                        .forEach(expression -> read.expression(
                                expression.get("key").text(),
                                expression.get("operator").text(),
                                expression
                                        .find("values")
                                        .map(values -> values.list().stream()
                                                .map(Yaml::text)
                                                .toList())
                                        .orElse(List.of()))));
        return read;
    }

    /** Reads the plain labels of a Service's selector. */
    static Selector ofLabels(Map<String, String> labels) {
        var read = new Selector();
        labels.forEach((key, value) -> {
            read.requirements.add(pod -> value.equals(pod.get(key)) || Workload.ANY.equals(pod.get(key)));
            read.words.add(key + "=" + value);
        });
        return read;
    }

    private void expression(String key, String operator, List<String> values) {
        requirements.add(
                switch (operator) {
                    case "In" -> pod -> values.contains(pod.get(key)) || Workload.ANY.equals(pod.get(key));
                    case "NotIn" -> pod -> !values.contains(pod.get(key));
                    case "Exists" -> pod -> pod.containsKey(key);
                    default -> pod -> !pod.containsKey(key);
                });
        words.add(key + " " + operator + (values.isEmpty() ? "" : " " + values));
    }

    /** Whether pods of these workloads' templates can carry what is asked for. */
    boolean selects(Workload workload) {
        return requirements.stream().allMatch(requirement -> requirement.test(workload.labels()));
    }

    @Override
    public String toString() {
        return String.join(",", words);
    }
}
