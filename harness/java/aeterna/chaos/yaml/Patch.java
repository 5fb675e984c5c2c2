package aeterna.chaos.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Kubernetes' strategic merge patch, as far as it needs no schema: mappings are merged, {@code null} removes a key, lists whose
 * items all have a {@code name} are merged by it ({@code $patch: delete} removes an item), and everything else is replaced.
 */
final class Patch {
    private static final String NAME = "name";
    private static final String DIRECTIVE = "$patch";

    private Patch() {}

    static Node apply(Node base, Node patch) {
        if (base instanceof MappingNode mapping && patch instanceof MappingNode changes) {
            return merged(mapping, changes);
        }
        if (base instanceof SequenceNode list
                && patch instanceof SequenceNode changes
                && named(list)
                && named(changes)) {
            return merged(list, changes);
        }
        return patch;
    }

    private static Node merged(MappingNode base, MappingNode changes) {
        var tuples = new ArrayList<NodeTuple>();
        for (NodeTuple tuple : base.getValue()) {
            var change = value(changes, text(tuple.getKeyNode()));
            if (change.isEmpty()) {
                tuples.add(tuple);
            } else if (!isNull(change.get())) {
                tuples.add(new NodeTuple(tuple.getKeyNode(), apply(tuple.getValueNode(), change.get())));
            }
        }
        for (NodeTuple change : changes.getValue()) {
            var key = text(change.getKeyNode());
            if (value(base, key).isEmpty() && !isNull(change.getValueNode()) && !key.equals(DIRECTIVE)) {
                tuples.add(change);
            }
        }
        return new MappingNode(Tag.MAP, false, tuples, base.getFlowStyle(), base.getStartMark(), base.getEndMark());
    }

    private static Node merged(SequenceNode base, SequenceNode changes) {
        var items = new ArrayList<Node>();
        for (Node item : base.getValue()) {
            var change = item(changes, text(value((MappingNode) item, NAME).orElseThrow()));
            if (change.isEmpty()) {
                items.add(item);
            } else if (!deletes(change.get())) {
                items.add(apply(item, change.get()));
            }
        }
        for (Node change : changes.getValue()) {
            var mapping = (MappingNode) change;
            if (item(base, text(value(mapping, NAME).orElseThrow())).isEmpty() && !deletes(mapping)) {
                items.add(change);
            }
        }
        return new SequenceNode(Tag.SEQ, false, items, base.getFlowStyle(), base.getStartMark(), base.getEndMark());
    }

    private static boolean deletes(MappingNode change) {
        return value(change, DIRECTIVE)
                .filter(directive -> text(directive).equals("delete"))
                .isPresent();
    }

    private static boolean named(SequenceNode list) {
        return list.getValue().stream()
                .allMatch(item -> item instanceof MappingNode mapping
                        && value(mapping, NAME).isPresent());
    }

    private static Optional<MappingNode> item(SequenceNode list, String name) {
        return mappings(list).stream()
                .filter(item ->
                        value(item, NAME).map(Patch::text).filter(name::equals).isPresent())
                .findFirst();
    }

    private static List<MappingNode> mappings(SequenceNode list) {
        return list.getValue().stream().map(MappingNode.class::cast).toList();
    }

    private static Optional<Node> value(MappingNode mapping, String key) {
        return mapping.getValue().stream()
                .filter(tuple -> text(tuple.getKeyNode()).equals(key))
                .map(NodeTuple::getValueNode)
                .findFirst();
    }

    private static String text(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    private static boolean isNull(Node node) {
        return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
    }
}
