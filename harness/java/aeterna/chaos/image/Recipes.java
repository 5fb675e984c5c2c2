package aeterna.chaos.image;

import aeterna.chaos.model.Nearest;
import aeterna.chaos.model.Problem;
import aeterna.chaos.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The recipes of a folder, each in a folder of its own with an {@value #FILE}. */
public final class Recipes {
    static final String FILE = "image.yaml";

    /** What builds leave behind in a recipe's folder; never part of the recipe. */
    private static final Set<String> PRODUCTS = Set.of("bin", "wheels");

    private static final Pattern DURATION = Pattern.compile("(?=\\d)(\\d+m)?(\\d+s)?");
    private static final Pattern IMAGE_REFERENCE =
            Pattern.compile("[a-z0-9]([a-z0-9._:/-]*[a-z0-9])?(:[A-Za-z0-9_][A-Za-z0-9._-]*|@sha256:[0-9a-f]{64})");

    private final Map<String, Recipe> recipes;

    private Recipes(Map<String, Recipe> recipes) {
        this.recipes = recipes;
    }

    /** Reads every recipe below a folder; throws a {@link Problem} with file, line and reason when one is malformed. */
    public static Recipes read(Path folder) {
        var files = new TreeMap<String, Yaml>();
        try (var entries = Files.list(folder)) {
            for (Path entry : entries.sorted().toList()) {
                if (Files.isRegularFile(entry.resolve(FILE))) {
                    files.put(entry.getFileName().toString(), Yaml.read(entry.resolve(FILE)));
                }
            }
        } catch (IOException unreadable) {
            throw new Problem(folder + " cannot be listed", "Run from a complete checkout of the project.", unreadable);
        }
        var read = new TreeMap<String, Recipe>();
        for (String name : files.keySet()) {
            read(name, folder, files, read, new LinkedHashSet<>());
        }
        return new Recipes(read);
    }

    /** Every recipe's name, sorted. */
    public List<String> names() {
        return List.copyOf(recipes.keySet());
    }

    /** The recipe of that name. */
    public Recipe get(String name) {
        Recipe recipe = recipes.get(name);
        if (recipe == null) {
            throw new Problem("there is no image '" + name + "'", Nearest.remedy(name, recipes.keySet()));
        }
        return recipe;
    }

    /** The named recipes and all that they start from, each after what it starts from. */
    List<Recipe> withBases(Collection<String> names) {
        var ordered = new LinkedHashMap<String, Recipe>();
        for (String name : names) {
            var chain = new ArrayList<Recipe>();
            for (Optional<String> next = Optional.of(name);
                    next.isPresent();
                    next = chain.get(chain.size() - 1).from()) {
                chain.add(get(next.get()));
            }
            for (int i = chain.size() - 1; i >= 0; i--) {
                ordered.putIfAbsent(chain.get(i).name(), chain.get(i));
            }
        }
        return List.copyOf(ordered.values());
    }

    private static Recipe read(
            String name, Path folder, Map<String, Yaml> files, Map<String, Recipe> read, Set<String> reading) {
        if (read.containsKey(name)) {
            return read.get(name);
        }
        Yaml file = files.get(name).only(Set.of("about", "real", "from", "debootstrap", "go", "wheels", "expect"));
        reading.add(name);
        Optional<Recipe> from = file.find("from").map(value -> {
            if (reading.contains(value.text())) {
                throw value.problem(
                        "the image starts from itself by way of " + String.join(", ", reading),
                        "Let one of them start from something else.");
            }
            if (!files.containsKey(value.text())) {
                throw value.problem(
                        "there is no image '" + value.text() + "' to start from",
                        Nearest.remedy(value.text(), files.keySet()));
            }
            return read(value.text(), folder, files, read, reading);
        });
        Recipe recipe = parse(name, folder.resolve(name), file, from);
        read.put(name, recipe);
        return recipe;
    }

    private static Recipe parse(String name, Path folder, Yaml file, Optional<Recipe> from) {
        Optional<Debootstrap> debootstrap = file.find("debootstrap").map(value -> debootstrap(folder, value));
        boolean dockerfile = Files.isRegularFile(folder.resolve("Dockerfile"));
        if (debootstrap.isEmpty() && !dockerfile) {
            throw file.problem("there is no Dockerfile beside it", "Add " + folder.resolve("Dockerfile") + ".");
        }
        if (debootstrap.isPresent() && (dockerfile || from.isPresent())) {
            throw file.get("debootstrap")
                    .problem("a Debian tree is the whole image", "Remove 'debootstrap', or the Dockerfile and 'from'.");
        }
        var go = new ArrayList<GoBinary>();
        file.find("go").ifPresent(list -> list.list().forEach(item -> go.add(goBinary(folder, item))));
        var wheels = new ArrayList<String>();
        file.find("wheels").ifPresent(list -> list.list().forEach(item -> wheels.add(item.text())));
        var steps = new LinkedHashSet<String>(List.of("docker", "debootstrap", "wheels"));
        go.forEach(binary -> steps.add(binary.output()));
        var expected = new HashMap<String, Duration>();
        file.find("expect")
                .ifPresent(value ->
                        value.only(steps).map().forEach((step, duration) -> expected.put(step, duration(duration))));
        String hash = new Digest()
                .add(from.map(Recipe::hash).orElse(""))
                .addTree(folder, PRODUCTS)
                .hex();
        return new Recipe(
                name,
                folder,
                file.get("about").text(),
                file.find("real").map(Recipes::reference),
                from.map(Recipe::name),
                debootstrap,
                go,
                wheels,
                expected,
                hash);
    }

    private static String reference(Yaml value) {
        if (!IMAGE_REFERENCE.matcher(value.text()).matches()) {
            throw value.problem(
                    "'" + value.text() + "' is no pinned image",
                    "Write it with its tag or digest, such as rancher/k3s:v1.34.4-k3s1.");
        }
        if (value.text().endsWith(":latest")) {
            throw value.problem("'" + value.text() + "' means another image tomorrow", "Pin a version.");
        }
        return value.text();
    }

    private static Debootstrap debootstrap(Path folder, Yaml value) {
        value.only(Set.of("suite", "variant", "include", "exclude", "overlay"));
        var include = new ArrayList<String>();
        value.find("include").ifPresent(list -> list.list().forEach(item -> include.add(item.text())));
        return new Debootstrap(
                value.get("suite").text(),
                value.get("variant").text(),
                include,
                value.find("exclude").map(name -> within(folder, name)),
                value.find("overlay").map(name -> within(folder, name)));
    }

    private static GoBinary goBinary(Path folder, Yaml item) {
        item.only(Set.of("module", "package", "output", "tags", "ldflags"));
        String module = within(folder, item.get("module"));
        if (!Files.isRegularFile(folder.resolve(module).resolve("go.mod"))) {
            throw item.get("module").problem("'" + module + "' holds no go.mod", "Name the folder of a Go module.");
        }
        return new GoBinary(
                module,
                item.get("package").text(),
                item.get("output").text(),
                item.find("tags").map(Yaml::text).orElse(""),
                item.find("ldflags").map(Yaml::text).orElse(""));
    }

    private static String within(Path folder, Yaml value) {
        Path path = folder.resolve(value.text()).normalize();
        if (!path.startsWith(folder.normalize()) || !Files.exists(path)) {
            throw value.problem(
                    "'" + value.text() + "' is not in the recipe's folder", "Name a file or folder in " + folder + ".");
        }
        return value.text();
    }

    private static Duration duration(Yaml value) {
        if (!DURATION.matcher(value.text()).matches()) {
            throw value.problem(
                    "'" + value.text() + "' is no duration", "Write seconds or minutes, such as 40s or 5m30s.");
        }
        return Duration.parse("PT" + value.text());
    }
}
