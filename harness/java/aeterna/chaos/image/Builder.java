package aeterna.chaos.image;

import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.process.Invocation;
import aeterna.chaos.process.Output;
import aeterna.chaos.process.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes offline images: compiles, fetches, puts together. Two lanes run side by side, as they wait for different things:
 * fetching (network) and compiling (processor). What is finished is in the {@link BuildCache} and never made twice.
 */
final class Builder {
    private static final Duration DOCKER_BUILD = Duration.ofSeconds(20);
    /** Step 3/9 of the classic builder, [3/9] of BuildKit. */
    private static final Pattern DOCKER_STEP = Pattern.compile("^(?:Step |#\\d+ \\[)(\\d+)/(\\d+)[\\] ]");

    private static final Pattern CLASSIC_BUILDER_GONE = Pattern.compile(
            "(?i)(legacy|classic) builder (has been|was|is) (removed|not)|buildkit is (required|the only)|DOCKER_BUILDKIT=0 is no longer");

    private final Programs programs;
    private final BuildCache cache;
    private final GoToolchain toolchain;
    private final DiskSpace.Disks disks;
    private final boolean root;

    /**
     * @param root whether this process may do what only root may
     */
    Builder(Programs programs, BuildCache cache, GoToolchain toolchain, DiskSpace.Disks disks, boolean root) {
        this.programs = programs;
        this.cache = cache;
        this.toolchain = toolchain;
        this.disks = disks;
        this.root = root;
    }

    /**
     * Makes images.
     *
     * @param recipes each after what it starts from, if that is to be made too
     * @param base gives the tag of what a recipe starts from
     */
    void build(List<Recipe> recipes, Recipes base, Engine engine, Progress progress) {
        checkBefore(recipes, engine);
        var lanes = Executors.newFixedThreadPool(2);
        try {
            var done = new ExecutorCompletionService<Void>(lanes);
            done.submit(() -> {
                recipes.forEach(recipe -> fetch(recipe, progress));
                return null;
            });
            done.submit(() -> {
                recipes.forEach(recipe -> recipe.go().forEach(binary -> compile(recipe, binary, progress)));
                return null;
            });
            // The lane that fails first ends the other one: nobody waits minutes for bad news.
            done.take().get();
            done.take().get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw (CancellationException) new CancellationException("the build was interrupted").initCause(interrupted);
        } finally {
            shutDown(lanes);
        }
        recipes.forEach(recipe -> assemble(recipe, base, progress));
    }

    /** Interrupts what still runs and waits until it has ended its programs. */
    private static void shutDown(java.util.concurrent.ExecutorService lanes) {
        lanes.shutdownNow();
        try {
            lanes.awaitTermination(10, java.util.concurrent.TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void checkBefore(List<Recipe> recipes, Engine engine) {
        var space = new DiskSpace(disks);
        for (Recipe recipe : recipes) {
            if (recipe.debootstrap().isPresent() && !Files.exists(rootfs(recipe))) {
                if (!root) {
                    throw new Problem(
                            "the image " + recipe.name() + " is made by debootstrap, which only root may run",
                            "Run ./chaos images as root once; the other commands work without.");
                }
                requireProgram("debootstrap", "apt-get install debootstrap");
                space.need(cache.folder(), 1, "the Debian tree");
            }
            if (!recipe.wheels().isEmpty() && !Files.exists(cache.part(wheelsPart(recipe)))) {
                requireProgram("python3", "apt-get install python3-pip");
                space.need(cache.folder(), 0.5, "Python packages");
            }
        }
        boolean compiling = recipes.stream()
                .anyMatch(recipe ->
                        recipe.go().stream().anyMatch(binary -> !Files.exists(cache.part(goPart(recipe, binary)))));
        if (compiling) {
            GoToolchain.Go go = toolchain.require();
            Output folders = programs.capture(go.with(List.of("env", "GOCACHE", "GOMODCACHE")));
            folders.out()
                    .lines()
                    .filter(line -> line.startsWith("/"))
                    .forEach(folder -> space.need(Path.of(folder), 3.5, "Go's caches"));
            space.need(cache.folder(), 0.5, "compiled programs");
        }
        engine.root()
                .filter(Files::isDirectory)
                .ifPresent(folder -> space.need(folder, 1 + 0.2 * recipes.size(), "images"));
        space.check();
    }

    private void requireProgram(String program, String installing) {
        if (programs.find(program).isEmpty()) {
            throw new Problem(
                    "there is no " + program + " on this machine",
                    "Install it (on Debian: " + installing + "); ./chaos doctor does it as root.");
        }
    }

    private void fetch(Recipe recipe, Progress progress) {
        recipe.debootstrap().ifPresent(tree -> debootstrap(recipe, tree, progress));
        if (!recipe.wheels().isEmpty()) {
            wheels(recipe, progress);
        }
    }

    private Path rootfs(Recipe recipe) {
        return cache.part(recipe.name() + "-" + recipe.hash()).resolve("rootfs.tar");
    }

    private void debootstrap(Recipe recipe, Debootstrap tree, Progress progress) {
        String part = recipe.name() + "-" + recipe.hash();
        if (Files.exists(rootfs(recipe))) {
            return;
        }
        Path draft = cache.draft(part);
        Path packages = cache.folder().resolve("packages");
        try {
            Files.createDirectories(packages);
        } catch (IOException failed) {
            throw new Problem("the folder " + packages + " cannot be made", "Make its parent writable.", failed);
        }
        try (var step = new LoggedStep(
                programs,
                progress,
                "image " + recipe.name() + ": Debian " + tree.suite(),
                recipe.expected("debootstrap"),
                cache.log(recipe.name() + "-debootstrap"))) {
            var command = new ArrayList<String>();
            if (programs.find("unshare").isPresent()) {
                // In mounts of its own: what debootstrap mounts is gone with it, also when it is killed.
                command.addAll(List.of("unshare", "--mount"));
            }
            command.addAll(
                    List.of("debootstrap", "--variant=" + tree.variant(), "--cache-dir=" + packages.toAbsolutePath()));
            if (!tree.include().isEmpty()) {
                command.add("--include=" + String.join(",", tree.include()));
            }
            Path files = draft.resolve("tree");
            command.addAll(List.of(tree.suite(), files.toString()));
            step.run(
                    Invocation.of(command).with("LC_ALL", "C").with("DEBIAN_FRONTEND", "noninteractive"),
                    (line, shown) -> shown.at(0, 0, line));
            tree.overlay()
                    .ifPresent(overlay -> step.run(
                            Invocation.of(
                                    "cp",
                                    "-R",
                                    "--preserve=mode",
                                    recipe.folder().resolve(overlay) + "/.",
                                    files.toString()),
                            (line, shown) -> shown.at(0, 0, line)));
            var tar = new ArrayList<String>(List.of("tar", "--numeric-owner", "--sort=name", "-C", files.toString()));
            tree.exclude()
                    .ifPresent(
                            file -> tar.add("--exclude-from=" + recipe.folder().resolve(file)));
            tar.addAll(List.of("-cf", draft.resolve("rootfs.tar").toString(), "."));
            step.step().at(0, 0, "packing the tree");
            step.run(Invocation.of(tar), (line, shown) -> shown.at(0, 0, line));
            step.run(Invocation.of("rm", "-rf", "--one-file-system", files.toString()), (line, shown) -> {});
        }
        cache.keep(draft, part);
    }

    private static String wheelsPart(Recipe recipe) {
        var digest = new Digest();
        recipe.wheels().forEach(digest::add);
        return recipe.name() + ".wheels-" + digest.hex();
    }

    private void wheels(Recipe recipe, Progress progress) {
        String part = wheelsPart(recipe);
        if (Files.exists(cache.part(part))) {
            return;
        }
        Path draft = cache.draft(part);
        try (var step = new LoggedStep(
                programs,
                progress,
                "image " + recipe.name() + ": fetching Python packages",
                recipe.expected("wheels"),
                cache.log(recipe.name() + "-wheels"))) {
            var command = new ArrayList<String>(List.of(
                    "python3",
                    "-m",
                    "pip",
                    "--disable-pip-version-check",
                    "download",
                    "--no-input",
                    "--progress-bar=off",
                    "--only-binary=:all:",
                    "--dest=" + draft));
            // For the image's Python, whatever this machine's is.
            command.addAll(List.of("--implementation=cp", "--python-version=3.11"));
            String arch = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
            for (String glibc : List.of("manylinux_2_34", "manylinux_2_28", "manylinux_2_17", "manylinux2014")) {
                command.add("--platform=" + glibc + "_" + arch);
            }
            command.addAll(recipe.wheels());
            step.run(Invocation.of(command), (line, shown) -> shown.at(0, 0, line));
        }
        cache.keep(draft, part);
    }

    /** Another name when anything changes that the binary is made from, and only then: a changed script compiles nothing anew. */
    private static String goPart(Recipe recipe, GoBinary binary) {
        Path module = recipe.folder().resolve(binary.module()).normalize();
        boolean whole = module.equals(recipe.folder().normalize());
        var others = new HashSet<String>(Set.of("bin", "wheels"));
        if (whole) {
            others.addAll(Set.of(Recipes.FILE, "Dockerfile"));
        }
        String hash =
                new Digest().add(binary.toString()).addTree(module, others).hex();
        return recipe.name() + "." + binary.output() + "-" + hash;
    }

    private void compile(Recipe recipe, GoBinary binary, Progress progress) {
        String part = goPart(recipe, binary);
        if (Files.exists(cache.part(part))) {
            return;
        }
        Path draft = cache.draft(part);
        GoToolchain.Go go = toolchain.require();
        Path module = recipe.folder().resolve(binary.module()).normalize();
        var flags = new ArrayList<String>(List.of("-trimpath", "-buildvcs=false"));
        if (!binary.tags().isEmpty()) {
            flags.add("-tags=" + binary.tags());
        }
        if (!binary.ldflags().isEmpty()) {
            flags.add("-ldflags=" + binary.ldflags());
        }
        try (var step = new LoggedStep(
                programs,
                progress,
                "image " + recipe.name() + ": compiling " + binary.output(),
                recipe.expected(binary.output()),
                cache.log(recipe.name() + "-" + binary.output()))) {
            var list = new ArrayList<String>(List.of("list", "-deps"));
            list.addAll(flags);
            // The packages that the compiler's cache does not hold: exactly those that go build -v will name.
            list.addAll(List.of("-f", "{{if .Stale}}stale {{.StaleReason}}{{end}}", binary.pkg()));
            var stale = new AtomicLong();
            step.run(go.with(list).in(module), (line, shown) -> {
                if (line.startsWith("go: downloading ")) {
                    shown.at(0, 0, line.substring("go: ".length()));
                } else if (line.startsWith("stale ") && !line.contains("available in build cache")) {
                    stale.incrementAndGet();
                }
            });
            var build = new ArrayList<String>(List.of("build", "-v"));
            build.addAll(flags);
            build.addAll(List.of("-o", draft.resolve(binary.output()).toString(), binary.pkg()));
            var compiled = new AtomicLong();
            step.step().at(0, stale.get(), stale.get() == 0 ? "linking" : "starting the compiler");
            step.run(go.with(build).in(module), (line, shown) -> {
                if (line.startsWith("go: ")) {
                    shown.at(compiled.get(), stale.get(), line.substring("go: ".length()));
                } else {
                    long done = Math.min(compiled.incrementAndGet(), stale.get());
                    shown.at(done, stale.get(), done == stale.get() ? "linking" : line);
                }
            });
        }
        cache.keep(draft, part);
    }

    private void assemble(Recipe recipe, Recipes base, Progress progress) {
        Duration usual = recipe.expected("docker").isZero() ? DOCKER_BUILD : recipe.expected("docker");
        try (var step = new LoggedStep(
                programs,
                progress,
                "image " + recipe.name() + ": putting it together",
                usual,
                cache.log(recipe.name() + "-docker"))) {
            if (recipe.debootstrap().isPresent()) {
                step.run(
                        Invocation.of(
                                "docker",
                                "import",
                                "--change",
                                "LABEL " + Recipe.LABEL + "=" + recipe.name(),
                                "--change",
                                "CMD [\"/bin/sh\"]",
                                rootfs(recipe).toString(),
                                recipe.tag()),
                        (line, shown) -> shown.at(0, 0, line));
                return;
            }
            Path context = context(recipe);
            var command = new ArrayList<String>(List.of(
                    "docker",
                    "build",
                    "--force-rm",
                    "--label",
                    Recipe.LABEL + "=" + recipe.name(),
                    "--tag",
                    recipe.tag()));
            recipe.from()
                    .ifPresent(from -> command.addAll(
                            List.of("--build-arg", "BASE=" + base.get(from).tag())));
            command.add(context.toString());
            LoggedStep.Reading reading = (line, shown) -> {
                Matcher matcher = DOCKER_STEP.matcher(line);
                if (matcher.find()) {
                    shown.at(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)), line);
                }
            };
            // The classic builder is in every engine so far and needs no plug-in.
            Invocation classic = Invocation.of(command).with("DOCKER_BUILDKIT", "0");
            int exitCode = step.tryRun(classic, reading);
            if (exitCode != 0
                    && step.tail().stream()
                            .anyMatch(line -> CLASSIC_BUILDER_GONE.matcher(line).find())) {
                exitCode = step.tryRun(Invocation.of(command), reading);
            }
            if (exitCode != 0) {
                throw step.failure("'docker build' ended with exit code " + exitCode);
            }
            cache.draft("context-" + recipe.name());
        }
    }

    /** The recipe's files, its binaries under bin/ and its Python packages under wheels/. */
    private Path context(Recipe recipe) {
        Path context = cache.draft("context-" + recipe.name());
        Path folder = recipe.folder();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes)
                        throws IOException {
                    if (visited.equals(folder.resolve("bin")) || visited.equals(folder.resolve("wheels"))) {
                        return FileVisitResult.SKIP_SUBTREE;
                    }
                    Files.createDirectories(context.resolve(folder.relativize(visited)));
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.copy(file, context.resolve(folder.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
                    return FileVisitResult.CONTINUE;
                }
            });
            for (GoBinary binary : recipe.go()) {
                link(cache.part(goPart(recipe, binary)).resolve(binary.output()), context.resolve("bin"));
            }
            if (!recipe.wheels().isEmpty()) {
                try (var wheels = Files.list(cache.part(wheelsPart(recipe)))) {
                    wheels.forEach(wheel -> link(wheel, context.resolve("wheels")));
                }
            }
        } catch (IOException | UncheckedIOException failed) {
            throw new Problem(
                    "the build context " + context + " cannot be written: " + failed.getMessage(),
                    "Check the disk that the cache is on.",
                    failed);
        }
        return context;
    }

    private static void link(Path file, Path folder) {
        try {
            Files.createDirectories(folder);
            Files.createLink(folder.resolve(file.getFileName()), file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
