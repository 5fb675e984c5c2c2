package aeterna.chaos.yaml;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Present;
import org.snakeyaml.engine.v2.api.lowlevel.Serialize;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * One value in a YAML file, with its place. Every getter throws a {@link Problem} that names file and line when the
 * value is not of the kind asked for.
 */
public final class Yaml {
    private final String file;
    private final Node node;

    private Yaml(String file, Node node) {
        this.file = file;
        this.node = node;
    }

    /** The root of a file. */
    public static Yaml read(Path file) {
        try {
            return parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException missing) {
            throw new Problem(file + " does not exist", "Check the name and the folder.", missing);
        } catch (IOException unreadable) {
            throw new Problem(
                    file + " cannot be read: " + unreadable.getMessage(),
                    "It must be a UTF-8 text file that you may read.",
                    unreadable);
        }
    }

    /**
     * The root of a text.
     *
     * @param file the name that errors give the text
     */
    public static Yaml parse(String file, String text) {
        return reading(
                file,
                settings -> new Yaml(
                        file,
                        new Compose(settings)
                                .composeString(text)
                                .orElseThrow(() -> new Problem(file + " is empty", "Write the document into it."))));
    }

    /**
     * The roots of all documents of a text; empty ones are left out.
     *
     * @param file the name that errors give the text
     */
    public static List<Yaml> parseAll(String file, String text) {
        var roots = new ArrayList<Yaml>();
        reading(file, settings -> {
            new Compose(settings).composeAllFromString(text).forEach(root -> roots.add(new Yaml(file, root)));
            return roots;
        });
        return roots.stream().filter(root -> !root.isEmpty()).toList();
    }

    private static <T> T reading(String file, Function<LoadSettings, T> parser) {
        var settings = LoadSettings.builder()
                .setLabel(file)
                .setAllowDuplicateKeys(false)
                .setUseMarks(true)
                .build();
        try {
            return parser.apply(settings);
        } catch (MarkedYamlEngineException malformed) {
            var place = malformed.getProblemMark().map(Yaml::lineOf).orElse("?");
            throw new Problem(
                    file + ":" + place + ": " + malformed.getProblem(),
                    "It is not well-formed YAML; mend that line.",
                    malformed);
        }
    }

    /**
     * This value changed by a patch: mappings are merged, {@code null} removes a key, lists whose items all have a {@code name}
     * are merged by it ({@code $patch: delete} removes an item), and everything else is replaced.
     */
    public Yaml patched(Yaml patch) {
        return new Yaml(file, Patch.apply(node, patch.node));
    }

    /** The value as a YAML document, without its comments. */
    public String document() {
        // Folded lines would change nothing of what they mean, but a text that is compared or annotated line by line.
        var settings = DumpSettings.builder().setSplitLines(false).build();
        return new Present(settings)
                .emitToString(new Serialize(settings).serializeOne(node).iterator());
    }

    private boolean isEmpty() {
        return node instanceof ScalarNode scalar && scalar.getValue().isEmpty();
    }

    /** The line of the text on which the value begins, from 0; of a mapping that is its first key's. */
    public int line() {
        return node.getStartMark().map(Mark::getLine).orElseThrow();
    }

    /** How far the value is indented in its line; of a mapping that is its keys' indentation. */
    public int column() {
        return node.getStartMark().map(Mark::getColumn).orElseThrow();
    }

    /** True for a mapping whose entries are lines of their own, and not between braces. */
    public boolean isBlockMapping() {
        return node instanceof MappingNode mapping && mapping.getFlowStyle() == FlowStyle.BLOCK;
    }

    /** True when {@link #list()} has items to give. */
    public boolean isList() {
        return node instanceof SequenceNode;
    }

    /** Where the value stands: {@code file:line}. */
    public String place() {
        return file + ":" + node.getStartMark().map(Yaml::lineOf).orElse("?");
    }

    private static String lineOf(Mark mark) {
        return Integer.toString(mark.getLine() + 1);
    }

    /** A problem at this value's place. */
    public Problem problem(String what, String remedy) {
        return new Problem(place() + ": " + what, remedy);
    }

    /** The value of a key that must be there. */
    public Yaml get(String key) {
        return find(key).orElseThrow(() -> problem("'" + key + "' is missing", "Add it."));
    }

    /** The value of a key, if it is there. */
    public Optional<Yaml> find(String key) {
        return Optional.ofNullable(map().get(key));
    }

    /** True when {@link #map()} has entries to give. */
    public boolean isMapping() {
        return node instanceof MappingNode;
    }

    /** The entries of a mapping, in the order of the file; an empty value is an empty mapping. */
    public Map<String, Yaml> map() {
        if (node instanceof ScalarNode scalar && scalar.getValue().isEmpty()) {
            return Map.of();
        }
        if (!(node instanceof MappingNode mapping)) {
            throw problem("a mapping (key: value) is expected here", "Write it as key: value lines.");
        }
        var entries = new LinkedHashMap<String, Yaml>();
        for (NodeTuple tuple : mapping.getValue()) {
            var key = new Yaml(file, tuple.getKeyNode()).text();
            if (entries.put(key, new Yaml(file, tuple.getValueNode())) != null) {
                throw new Yaml(file, tuple.getKeyNode())
                        .problem("the key '" + key + "' stands twice", "Keep one of them.");
            }
        }
        return entries;
    }

    /** The entries of a mapping from text to text. */
    public Map<String, String> textMap() {
        var entries = new LinkedHashMap<String, String>();
        map().forEach((key, value) -> entries.put(key, value.text()));
        return entries;
    }

    /** The items of a list. */
    public List<Yaml> list() {
        if (!(node instanceof SequenceNode sequence)) {
            throw problem("a list is expected here", "Write its items as '- item' lines.");
        }
        var items = new ArrayList<Yaml>();
        sequence.getValue().forEach(item -> items.add(new Yaml(file, item)));
        return items;
    }

    /** The text of a scalar, numbers and booleans as written. */
    public String text() {
        if (!(node instanceof ScalarNode scalar)) {
            throw problem("a single value is expected here", "Write one word, number or quoted text.");
        }
        return scalar.getValue();
    }

    /** A whole number within bounds, both included. */
    public int number(int least, int most) {
        var text = text();
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // Told below: the same words serve for no number and for one out of range.
        }
        throw problem(
                "'" + text + "' is not a whole number from " + least + " to " + most,
                "Write a number from " + least + " to " + most + ".");
    }

    /** Refuses keys that nobody reads: a mistyped key must not be ignored in silence. */
    public Yaml only(Set<String> known) {
        map().forEach((key, value) -> {
            if (!known.contains(key)) {
                throw value.problem(
                        "the key '" + key + "' is not known here",
                        "Known are " + String.join(", ", known.stream().sorted().toList()) + ".");
            }
        });
        return this;
    }
}
