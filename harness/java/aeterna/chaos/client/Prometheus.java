package aeterna.chaos.client;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What Prometheus knows, read through its HTTP API. Every call asks anew; a {@link Problem} says that it did not answer. Thread-safe. */
public final class Prometheus {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** It answers from memory in milliseconds; a machine with two cores may be busy. */
    private static final Duration ANSWER = Duration.ofSeconds(3);

    private final HttpUrl root;
    private final OkHttpClient http;

    /** @param address such as {@code http://127.0.0.1:30909} */
    public Prometheus(String address) {
        root = HttpUrl.get(address);
        http = new OkHttpClient.Builder()
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .callTimeout(ANSWER)
                .build();
    }

    /** Everyone whom it asks at present. */
    public List<ScrapeTarget> targets() {
        return list(get("targets", Map.of("state", "active")).path("activeTargets")).stream()
                .map(target -> new ScrapeTarget(
                        target.path("labels").path("job").asString(""),
                        texts(target.path("labels")),
                        target.path("health").asString("").equals("up"),
                        target.path("lastError").asString("")))
                .toList();
    }

    /** Every alerting rule. */
    public List<AlertRule> rules() {
        return list(get("rules", Map.of("type", "alert")).path("groups")).stream()
                .flatMap(group -> list(group.path("rules")).stream())
                .map(rule -> new AlertRule(
                        rule.path("name").asString(""),
                        rule.path("query").asString(""),
                        rule.path("health").asString(""),
                        rule.path("lastError").asString("")))
                .toList();
    }

    /** Every alert whose condition holds, firing or not yet. */
    public List<Alert> alerts() {
        return list(get("alerts", Map.of()).path("alerts")).stream()
                .map(Prometheus::alert)
                .toList();
    }

    private static Alert alert(JsonNode alert) {
        var labels = new TreeMap<>(texts(alert.path("labels")));
        var name = labels.remove("alertname");
        return new Alert(
                name == null ? "" : name,
                labels,
                alert.path("state").asString("").equals("firing"),
                Instant.parse(alert.path("activeAt").asString("")));
    }

    /** The alerts that fire. */
    public List<Alert> firing() {
        return alerts().stream().filter(Alert::firing).toList();
    }

    /** Where it sends alerts and has not given up; empty while it has found nobody. */
    public List<String> alertmanagers() {
        return list(get("alertmanagers", Map.of()).path("activeAlertmanagers")).stream()
                .map(one -> one.path("url").asString(""))
                .toList();
    }

    /** Those of these metrics that nobody exports at present. */
    public List<String> missing(Collection<String> metrics) {
        if (metrics.isEmpty()) {
            return List.of();
        }
        // Names are made of letters, digits, underscores and colons: nothing that a pattern would take for a sign.
        var selector = "{__name__=~\"" + String.join("|", metrics) + "\"}";
        var there =
                list(get("query", Map.of("query", "count by (__name__) (" + selector + ")"))
                                .path("result"))
                        .stream()
                        .map(series -> series.path("metric").path("__name__").asString(""))
                        .collect(Collectors.toSet());
        return metrics.stream().filter(name -> !there.contains(name)).sorted().toList();
    }

    /** Which alerts there were in the last while: for each series of them, when it was first and last seen firing or pending. */
    public List<String> history(Duration back) {
        var series = list(get("query", Map.of("query", "ALERTS[" + back.toSeconds() + "s]"))
                .path("result"));
        var lines = new TreeSet<String>();
        for (var one : series) {
            var labels = new TreeMap<>(texts(one.path("metric")));
            labels.remove("__name__");
            var name = labels.remove("alertname");
            var state = labels.remove("alertstate");
            var values = one.path("values");
            lines.add(time(values.path(0)) + " … " + time(values.path(values.size() - 1)) + " " + name + " " + state
                    + " " + labels);
        }
        return List.copyOf(lines);
    }

    private static Instant time(JsonNode sample) {
        return Instant.ofEpochMilli(Math.round(sample.path(0).asDouble(0) * 1000));
    }

    private JsonNode get(String what, Map<String, String> parameters) {
        var url = root.newBuilder().addPathSegments("api/v1/" + what);
        parameters.forEach(url::addQueryParameter);
        try (var response =
                http.newCall(new Request.Builder().url(url.build()).build()).execute()) {
            var text = response.body().string();
            var answer = response.code() == 200 ? JSON.readTree(text) : JSON.missingNode();
            if (!answer.path("status").asString("").equals("success")) {
                throw silent("answered " + response.code() + " " + text.strip(), null);
            }
            return answer.path("data");
        } catch (IOException | JacksonException broken) {
            throw silent(broken.getMessage(), broken);
        }
    }

    private Problem silent(String why, Exception cause) {
        return new Problem(
                "Prometheus at " + root + " cannot be asked: " + why,
                "Look at the pod aeterna-prometheus with `./chaos status`.",
                cause);
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static Map<String, String> texts(JsonNode object) {
        return object.propertyStream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().asString("")));
    }

    @Override
    public String toString() {
        return "Prometheus at " + root;
    }
}
