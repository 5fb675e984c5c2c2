package aeterna.chaos.image;

import aeterna.chaos.model.Image;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.process.Invocation;
import aeterna.chaos.process.Programs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The images a testbed is made of: says what is there, and gets what is not. */
public final class Images {
    private final Recipes recipes;
    private final ImageMode mode;
    private final Programs programs;
    private final BuildCache cache;
    private final RegistryProbe registries;
    private final Builder builder;
    private final Engine engine;

    Images(
            Recipes recipes,
            ImageMode mode,
            Programs programs,
            BuildCache cache,
            RegistryProbe registries,
            Builder builder) {
        this.recipes = recipes;
        this.mode = mode;
        this.programs = programs;
        this.cache = cache;
        this.registries = registries;
        this.builder = builder;
        this.engine = new Engine(programs);
    }

    /**
     * The images of a checkout of the project.
     *
     * @param home the project's folder
     * @param environment this process's variables
     */
    public static Images of(Path home, ImageMode mode, Programs programs, Map<String, String> environment) {
        var cache = BuildCache.of(environment);
        boolean root = "root".equals(System.getProperty("user.name"));
        var builder =
                new Builder(programs, cache, new GoToolchain(programs, environment), DiskSpace.Disks.ofMachine(), root);
        return new Images(
                Recipes.read(home.resolve("images")),
                mode,
                programs,
                cache,
                new HttpRegistryProbe(environment),
                builder);
    }

    /** How each image is made. */
    public Recipes recipes() {
        return recipes;
    }

    /** Those of the named images that are in the engine, as one quick call to it shows. */
    public Map<String, Image> have(Collection<String> names) {
        Set<String> there = engine.references();
        var found = new LinkedHashMap<String, Image>();
        for (String name : names) {
            have(recipes.get(name), there).ifPresent(image -> found.put(name, image));
        }
        return found;
    }

    private Optional<Image> have(Recipe recipe, Set<String> there) {
        if (mode != ImageMode.OFFLINE
                && recipe.real().map(Engine::familiar).filter(there::contains).isPresent()) {
            return recipe.real().map(reference -> new Image(recipe.name(), Image.Flavour.REAL, reference));
        }
        boolean ours = mode != ImageMode.REAL || recipe.real().isEmpty();
        return ours && there.contains(recipe.tag())
                ? Optional.of(new Image(recipe.name(), Image.Flavour.OFFLINE, recipe.tag()))
                : Optional.empty();
    }

    /**
     * Sees to it that the named images are in the engine: pulls upstream ones where that is possible and wanted, builds
     * ours where not.
     *
     * @return each name's image, in the order of the names
     */
    public Map<String, Image> ensure(Collection<String> names, Progress progress) {
        names.forEach(recipes::get);
        Set<String> there = engine.references();
        Set<String> pulled = pull(names, there, progress);
        there.addAll(pulled);
        var missing = new ArrayList<String>();
        for (String name : names) {
            Recipe recipe = recipes.get(name);
            if (have(recipe, there).isEmpty()) {
                if (mode == ImageMode.REAL && recipe.real().isPresent()) {
                    throw new Problem(
                            "the image " + recipe.real().get() + " (" + name
                                    + ") is neither in the engine nor can it be pulled",
                            "Load it (docker load), or let ours be built: --images auto or --images offline.");
                }
                missing.add(name);
            }
        }
        if (!missing.isEmpty()) {
            cache.exclusively(progress, () -> build(missing, progress));
        }
        Map<String, Image> images = have(names);
        for (String name : names) {
            if (!images.containsKey(name)) {
                throw new Problem(
                        "the image " + name + " was there and is gone again",
                        "Something else removes images from the engine; stop it and run again.");
            }
        }
        return images;
    }

    /**
     * Sees which upstream images can be had, and gets them: those that are in the engine, and those that can be pulled from a registry that
     * answers within seconds.
     *
     * @param pull false to look at the engine alone
     * @return those that are in the engine now
     */
    public Set<String> obtain(Collection<String> references, boolean pull, Progress progress) {
        Set<String> there = engine.references();
        if (pull) {
            there.addAll(pulled(
                    references.stream()
                            .filter(reference -> !there.contains(Engine.familiar(reference)))
                            .toList(),
                    progress));
        }
        return references.stream()
                .filter(reference -> there.contains(Engine.familiar(reference)))
                .collect(Collectors.toSet());
    }

    /** Looked at again, since another build may have made them while this one waited; how many were built. */
    private int build(List<String> names, Progress progress) {
        Set<String> there = engine.references();
        List<Recipe> needed = recipes.withBases(names).stream()
                .filter(recipe -> !there.contains(recipe.tag()))
                .toList();
        // A base whose image is there is needed by nobody here; one that is not is built only if something starts from
        // it.
        if (!needed.isEmpty()) {
            builder.build(needed, recipes, engine, progress);
        }
        return needed.size();
    }

    /** Pulls what is wanted from registries that answer; the familiar names of what came. */
    private Set<String> pull(Collection<String> names, Set<String> there, Progress progress) {
        if (mode == ImageMode.OFFLINE) {
            return Set.of();
        }
        var wanted = new LinkedHashSet<String>();
        for (String name : names) {
            recipes.get(name)
                    .real()
                    .filter(reference -> !there.contains(Engine.familiar(reference)))
                    .ifPresent(wanted::add);
        }
        return pulled(wanted, progress);
    }

    /** Pulls from those registries that answer; the familiar names of what came. */
    private Set<String> pulled(Collection<String> wanted, Progress progress) {
        Set<String> hosts = wanted.stream().map(Engine::registryHost).collect(Collectors.toSet());
        Set<String> answering =
                hosts.parallelStream().filter(registries::answers).collect(Collectors.toSet());
        var pulled = new HashSet<String>();
        for (String reference : wanted) {
            if (answering.contains(Engine.registryHost(reference)) && pull(reference, progress)) {
                pulled.add(Engine.familiar(reference));
            }
        }
        return pulled;
    }

    private boolean pull(String reference, Progress progress) {
        var step = progress.begin("pulling " + reference, Duration.ZERO);
        var layers = new HashSet<String>();
        var complete = new HashSet<String>();
        var last = new String[] {""};
        int exitCode = programs.run(Invocation.of("docker", "pull", reference), line -> {
            last[0] = line;
            String layer = line.substring(0, Math.max(0, line.indexOf(':')));
            if (line.endsWith("Pulling fs layer") || line.endsWith("Already exists")) {
                layers.add(layer);
            }
            if (line.endsWith("Pull complete") || line.endsWith("Already exists")) {
                complete.add(layer);
            }
            step.at(complete.size(), layers.size(), line);
        });
        if (exitCode == 0) {
            step.close();
        } else {
            step.failed(last[0]);
        }
        return exitCode == 0;
    }
}
