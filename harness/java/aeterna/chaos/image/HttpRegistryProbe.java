package aeterna.chaos.image;

import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks a registry for its version endpoint, once per host and process: an engine would try for minutes where nothing
 * answers. Thread-safe.
 */
final class HttpRegistryProbe implements RegistryProbe {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(3);
    /** More than both together: looking up the name has no limit of its own. */
    private static final Duration ALL = Duration.ofSeconds(4);

    private final Map<String, String> environment;
    private final Map<String, Boolean> answers = new ConcurrentHashMap<>();

    /**
     * @param environment this process's variables: their HTTPS_PROXY counts
     */
    HttpRegistryProbe(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public boolean answers(String host) {
        return answers.computeIfAbsent(host, this::ask);
    }

    private boolean ask(String host) {
        var builder = HttpClient.newBuilder().connectTimeout(CONNECT);
        String proxy = environment.getOrDefault("HTTPS_PROXY", environment.getOrDefault("https_proxy", ""));
        if (!proxy.isEmpty()) {
            var address = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
            builder.proxy(ProxySelector.of(
                    new InetSocketAddress(address.getHost(), address.getPort() < 0 ? 80 : address.getPort())));
        }
        var request = HttpRequest.newBuilder(URI.create("https://" + host + "/v2/"))
                .timeout(ANSWER)
                .build();
        try {
            builder.build()
                    .sendAsync(request, HttpResponse.BodyHandlers.discarding())
                    .get(ALL.toMillis(), TimeUnit.MILLISECONDS);
            // 401 is the usual answer: whatever the code, somebody is there.
            return true;
        } catch (ExecutionException | TimeoutException unreachable) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
