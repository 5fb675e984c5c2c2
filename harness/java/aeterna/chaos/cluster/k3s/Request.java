package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.TestbedRequest;
import aeterna.chaos.model.Topology;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What a testbed was asked to be, as text that labels can carry. */
final class Request {
    /** Sorted, so that the same request gives the same text in every process. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Request() {}

    static Map<String, String> labels(TestbedRequest request, String fingerprint) {
        return Map.of(
                Labels.TESTBED,
                request.name(),
                Labels.TOPOLOGY,
                JSON.writeValueAsString(request.topology()),
                Labels.REQUEST,
                digest(request, fingerprint));
    }

    static Topology topology(String label) {
        return JSON.readValue(label, Topology.class);
    }

    static String digest(TestbedRequest request, String fingerprint) {
        var text = JSON.writeValueAsString(request) + fingerprint;
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, 16);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
