package aeterna.chaos.cluster;

import aeterna.chaos.yaml.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The fields that objects of the pinned Kubernetes release have, as {@code .ci/kubernetes-schema} wrote them. */
public final class KubernetesFields {
    private final JsonNode whole;

    private KubernetesFields(JsonNode whole) {
        this.whole = whole;
    }

    /** Reads the schema that is part of the harness. */
    public static KubernetesFields ofRelease() {
        try (InputStream file = KubernetesFields.class.getResourceAsStream("kubernetes.json")) {
            return new KubernetesFields(JsonMapper.shared().readTree(file));
        } catch (IOException unreadable) {
            throw new IllegalStateException("the harness is built with its schema", unreadable);
        }
    }

    /**
     * The fields of an object that Kubernetes does not have, each as its path such as {@code spec.template.spec.affinity.podTopologySpread};
     * none for kinds that the release does not have itself.
     */
    public List<String> unknown(Yaml object) {
        var kind = object.get("apiVersion").text() + " " + object.get("kind").text();
        var unknown = new ArrayList<String>();
        var name = whole.path("x-kinds").path(kind).asString("");
        if (!name.isEmpty()) {
            collect(object, whole.path("$defs").path(name), "", unknown);
        }
        return unknown;
    }

    /** The same object without them, as an API server that is not asked to be strict keeps it. */
    public Yaml known(Yaml object) {
        var kept = object;
        for (var path : unknown(object)) {
            if (path.contains("[")) {
                throw object.problem(path + " is no field of Kubernetes", "Mend it: in a list it cannot be dropped.");
            }
            kept = kept.patched(removal(path));
        }
        return kept;
    }

    private static Yaml removal(String path) {
        var keys = path.split("\\.", -1);
        return Yaml.parse(path, "{" + String.join(": {", keys) + ": null" + "}".repeat(keys.length));
    }

    private void collect(Yaml value, JsonNode schema, String path, List<String> unknown) {
        var reference = schema.path("$ref").asString("");
        if (!reference.isEmpty()) {
            collect(value, whole.path("$defs").path(reference.replace("#/$defs/", "")), path, unknown);
        } else if (value.isMapping() && schema.has("properties")) {
            value.map().forEach((key, inner) -> {
                var below = path.isEmpty() ? key : path + "." + key;
                if (schema.path("properties").has(key)) {
                    collect(inner, schema.path("properties").path(key), below, unknown);
                } else {
                    unknown.add(below);
                }
            });
        } else if (value.isList() && schema.has("items")) {
            var items = value.list();
            for (var i = 0; i < items.size(); i++) {
                collect(items.get(i), schema.path("items"), path + "[" + i + "]", unknown);
            }
        }
    }
}
