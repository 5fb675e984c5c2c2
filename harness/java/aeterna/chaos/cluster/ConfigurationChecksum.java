package aeterna.chaos.cluster;

import aeterna.chaos.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Makes pods start anew when what they read has changed, which Kubernetes does not by itself: every pod template of a
 * Deployment, StatefulSet or DaemonSet is annotated with a checksum of the ConfigMaps and Secrets that it names. A
 * ConfigMap or Secret annotated with {@link #NO_RESTART} does not count.
 */
public final class ConfigurationChecksum {
    /** The annotation of the pod templates. */
    public static final String CHECKSUM = "aeterna.chaos/configuration";

    /** The annotation of what may change without a restart; its value says why. */
    public static final String NO_RESTART = "aeterna.chaos/no-restart";

    private static final Set<String> WORKLOADS = Set.of("Deployment", "StatefulSet", "DaemonSet");
    private static final Set<String> CONTENTS = Set.of("data", "binaryData", "stringData");

    /** The fields of a pod that name what it reads, and what kind that is. */
    private static final Map<String, String> REFERENCES = Map.of(
            "configMap", "ConfigMap",
            "configMapRef", "ConfigMap",
            "configMapKeyRef", "ConfigMap",
            "secret", "Secret",
            "secretRef", "Secret",
            "secretKeyRef", "Secret");

    /** 48 bits: enough to tell one configuration from the one before it. */
    private static final int DIGITS = 12;

    private ConfigurationChecksum() {}

    /**
     * The same manifests with the annotations in place; the rest of each text is left as it is.
     *
     * @param manifests all that belong together: what a pod reads may be in another one than the pod
     * @throws aeterna.chaos.model.Problem when a pod template's metadata are between braces
     */
    public static List<String> annotate(List<String> manifests) {
        var documents =
                manifests.stream().map(text -> Yaml.parseAll("manifest", text)).toList();
        Map<String, String> contents = new TreeMap<>();
        documents.forEach(all -> all.stream()
                .filter(document -> REFERENCES.containsValue(kind(document)) && !isReadLive(document))
                .forEach(document -> contents.put(
                        kind(document) + "/"
                                + document.get("metadata").get("name").text(),
                        content(document))));
        var annotated = new ArrayList<String>();
        for (var i = 0; i < manifests.size(); i++) {
            annotated.add(annotate(manifests.get(i), documents.get(i), contents));
        }
        return annotated;
    }

    private static String annotate(String text, List<Yaml> documents, Map<String, String> contents) {
        var lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
        documents.stream()
                .filter(document -> WORKLOADS.contains(kind(document)))
                // From the last to the first: an inserted line moves those below it.
                .sorted(Comparator.comparingInt(Yaml::line).reversed())
                .forEach(document -> annotate(lines, document.get("spec").get("template"), contents));
        return String.join("\n", lines);
    }

    private static void annotate(List<String> lines, Yaml template, Map<String, String> contents) {
        var read = new TreeSet<String>();
        collect(template.get("spec"), read);
        read.retainAll(contents.keySet());
        if (read.isEmpty()) {
            return;
        }
        var checksum = sha256(String.join("\n", read.stream().map(contents::get).toList()));
        var metadata = template.get("metadata");
        var annotations = metadata.find("annotations").filter(Yaml::isMapping);
        var place = annotations.orElse(metadata);
        if (!place.isBlockMapping()) {
            throw place.problem("a pod's metadata are between braces here", "Write them as key: value lines.");
        }
        var indentation = " ".repeat(place.column());
        var entry = CHECKSUM + ": \"" + checksum.substring(0, DIGITS) + "\"";
        lines.add(
                place.line(),
                annotations.isPresent() ? indentation + entry : indentation + "annotations: {" + entry + "}");
    }

    private static void collect(Yaml value, Set<String> read) {
        if (value.isMapping()) {
            value.map().forEach((key, inner) -> {
                var kind = REFERENCES.get(key);
                if (kind != null && inner.isMapping()) {
                    inner.find("name")
                            .or(() -> inner.find("secretName"))
                            .ifPresent(name -> read.add(kind + "/" + name.text()));
                }
                collect(inner, read);
            });
        } else if (value.isList()) {
            value.list().forEach(item -> collect(item, read));
        }
    }

    private static boolean isReadLive(Yaml document) {
        return document.get("metadata")
                .find("annotations")
                .flatMap(annotations -> annotations.find(NO_RESTART))
                .isPresent();
    }

    private static String kind(Yaml document) {
        return document.find("kind").map(Yaml::text).orElse("");
    }

    private static String content(Yaml document) {
        Map<String, String> all = new TreeMap<>();
        document.map().forEach((key, value) -> {
            if (CONTENTS.contains(key)) {
                value.textMap().forEach((name, text) -> all.put(key + "/" + name, text));
            }
        });
        return document.get("metadata").get("name").text() + all;
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
