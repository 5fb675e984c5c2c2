package aeterna.chaos.cluster;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The schema of one Kubernetes release, as {@code .ci/kubernetes-schema} wrote it: unknown fields and wrong types are refused. */
final class KubernetesSchema {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final JsonNode whole;
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final Map<String, Schema> byKind = new HashMap<>();

    private KubernetesSchema(JsonNode whole) {
        this.whole = whole;
    }

    static KubernetesSchema read() {
        try (InputStream file = KubernetesSchema.class.getResourceAsStream("kubernetes.json")) {
            return new KubernetesSchema(JSON.readTree(file));
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    /** Such as {@code v1.34.4}. */
    String release() {
        return whole.path("x-release").asString();
    }

    /** What is wrong with a file of manifests, each with file and line; empty when nothing is. */
    List<String> complaints(String file, String text) {
        var settings = LoadSettings.builder()
                .setLabel(file)
                .setAllowDuplicateKeys(false)
                .setUseMarks(true)
                .build();
        var complaints = new ArrayList<String>();
        try {
            for (Node document : new Compose(settings).composeAllFromString(text)) {
                complaints.addAll(complaints(file, document));
            }
        } catch (MarkedYamlEngineException malformed) {
            var line = malformed.getProblemMark().map(Mark::getLine).orElse(0) + 1;
            complaints.add(file + ":" + line + ": " + malformed.getProblem());
        }
        return complaints;
    }

    private List<String> complaints(String file, Node document) {
        var lines = new HashMap<List<Object>, Integer>();
        var twice = new ArrayList<String>();
        var manifest = json(
                document,
                List.of(),
                lines,
                (key, line) -> twice.add(file + ":" + line + ": the key '" + key + "' stands twice"));
        if (!twice.isEmpty()) {
            return twice;
        }
        var kind = manifest.path("apiVersion").asString("") + " "
                + manifest.path("kind").asString("");
        if (!whole.path("x-kinds").has(kind)) {
            return List.of(file + ":" + line(document) + ": '" + kind + "' is no apiVersion and kind of Kubernetes "
                    + release());
        }
        return schema(kind).validate(manifest).stream()
                .map(error -> complaint(file, kind, lines, error))
                .toList();
    }

    private static String complaint(String file, String kind, Map<List<Object>, Integer> lines, Error error) {
        var place = elements(error.getInstanceLocation());
        var where = place.stream()
                .map(element -> element instanceof Integer index ? "[" + index + "]" : "." + element)
                .collect(Collectors.joining());
        var unknown = error.getKeyword().equals("additionalProperties");
        if (unknown) {
            place.add(error.getProperty());
        }
        return file + ":" + lines.get(place) + ": " + kind + (where.isEmpty() ? "" : ", " + where.substring(1)) + ": "
                + (unknown ? "there is no field '" + error.getProperty() + "'" : error.getMessage());
    }

    private static List<Object> elements(NodePath path) {
        return IntStream.range(0, path.getNameCount())
                .mapToObj(path::getElement)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private Schema schema(String kind) {
        return byKind.computeIfAbsent(kind, any -> {
            ObjectNode one = NODES.objectNode();
            one.put("$ref", "#/$defs/" + whole.path("x-kinds").path(kind).asString());
            one.set("$defs", whole.path("$defs"));
            return registry.getSchema(one);
        });
    }

    /** The value of a node; notes down the line of every value by its path. */
    private static JsonNode json(
            Node node, List<Object> path, Map<List<Object>, Integer> lines, BiConsumer<String, Integer> twice) {
        lines.putIfAbsent(path, line(node));
        if (node instanceof MappingNode mapping) {
            var object = NODES.objectNode();
            for (NodeTuple tuple : mapping.getValue()) {
                var key = ((ScalarNode) tuple.getKeyNode()).getValue();
                var below = below(path, key);
                lines.put(below, line(tuple.getKeyNode()));
                if (object.has(key)) {
                    twice.accept(key, line(tuple.getKeyNode()));
                }
                object.set(key, json(tuple.getValueNode(), below, lines, twice));
            }
            return object;
        }
        if (node instanceof SequenceNode sequence) {
            var array = NODES.arrayNode();
            sequence.getValue().forEach(item -> array.add(json(item, below(path, array.size()), lines, twice)));
            return array;
        }
        var scalar = (ScalarNode) node;
        if (scalar.getTag().equals(Tag.INT)) {
            return NODES.numberNode(Long.parseLong(scalar.getValue()));
        }
        if (scalar.getTag().equals(Tag.FLOAT)) {
            return NODES.numberNode(Double.parseDouble(scalar.getValue()));
        }
        if (scalar.getTag().equals(Tag.BOOL)) {
            return NODES.booleanNode(Boolean.parseBoolean(scalar.getValue()));
        }
        return scalar.getTag().equals(Tag.NULL) ? NODES.nullNode() : NODES.stringNode(scalar.getValue());
    }

    private static List<Object> below(List<Object> path, Object element) {
        var longer = new ArrayList<>(path);
        longer.add(element);
        return longer;
    }

    private static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }
}
