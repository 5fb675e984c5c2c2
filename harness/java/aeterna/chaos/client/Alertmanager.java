package aeterna.chaos.client;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What Alertmanager would tell people of: alerts that reached it and are not over. A {@link Problem} says that it did not answer. Thread-safe. */
public final class Alertmanager {
    private static final JsonMapper JSON = JsonMapper.shared();
    /** It answers from memory in milliseconds; a machine with two cores may be busy. */
    private static final Duration ANSWER = Duration.ofSeconds(3);

    private final HttpUrl alerts;
    private final OkHttpClient http;

    /** @param address such as {@code http://127.0.0.1:30910} */
    public Alertmanager(String address) {
        alerts = HttpUrl.get(address)
                .newBuilder()
                .addPathSegments("api/v2/alerts")
                .build();
        http = new OkHttpClient.Builder()
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .callTimeout(ANSWER)
                .build();
    }

    /**
     * One that is not over.
     *
     * @param name of its rule
     * @param labels the others that tell it from alerts of the same rule, in words
     */
    public record Raised(String name, String labels) {}

    /** Every alert that is not over, silenced or not. */
    public List<Raised> raised() {
        try (var response =
                http.newCall(new Request.Builder().url(alerts).build()).execute()) {
            var text = response.body().string();
            if (response.code() != 200) {
                throw silent("answered " + response.code(), null);
            }
            var raised = new ArrayList<Raised>();
            JSON.readTree(text).forEach(alert -> {
                var labels = new TreeMap<String, String>();
                alert.path("labels")
                        .propertyStream()
                        .forEach(label ->
                                labels.put(label.getKey(), label.getValue().asString("")));
                var name = labels.remove("alertname");
                raised.add(new Raised(name == null ? "" : name, labels.toString()));
            });
            return raised;
        } catch (IOException | JacksonException broken) {
            throw silent(broken.getMessage(), broken);
        }
    }

    private Problem silent(String why, Exception cause) {
        return new Problem(
                "Alertmanager at " + alerts + " cannot be asked: " + why,
                "Look at the pod aeterna-alertmanager with `./chaos status`.",
                cause);
    }
}
