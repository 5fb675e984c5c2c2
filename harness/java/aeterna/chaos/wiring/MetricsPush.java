package aeterna.chaos.wiring;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;

/** Sends a run's metrics to a Pushgateway. */
record MetricsPush(HttpUrl url) {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final MediaType TEXT = MediaType.get("text/plain; version=0.0.4; charset=utf-8");

    /**
     * To that address; empty for an empty one.
     *
     * @throws Problem when it is no address
     */
    static Optional<MetricsPush> to(String url) {
        if (url.isEmpty()) {
            return Optional.empty();
        }
        var parsed = HttpUrl.parse(url);
        if (parsed == null) {
            throw new Problem(
                    "'" + url + "' is no address that metrics could be sent to",
                    "Say one such as http://pushgateway:9091/metrics/job/aeterna-chaos.");
        }
        return Optional.of(new MetricsPush(parsed));
    }

    /** Replaces what is there by the file's contents; what went wrong, in words, or empty. */
    Optional<String> send(Path metrics) {
        var client = new OkHttpClient.Builder().callTimeout(LIMIT).build();
        var request = new Request.Builder()
                .url(url)
                .put(RequestBody.create(metrics.toFile(), TEXT))
                .build();
        try (var response = client.newCall(request).execute()) {
            return response.isSuccessful() ? Optional.empty() : Optional.of(url + " answered " + response.code());
        } catch (IOException unreachable) {
            return Optional.of(url + " was not reached: " + unreachable.getMessage());
        } finally {
            client.dispatcher().executorService().shutdown();
            client.connectionPool().evictAll();
        }
    }
}
