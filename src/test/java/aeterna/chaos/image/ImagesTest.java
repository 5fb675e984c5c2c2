package aeterna.chaos.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import aeterna.chaos.fakes.FakePrograms;
import aeterna.chaos.fakes.RecordedProgress;
import aeterna.chaos.model.Image;
import aeterna.chaos.model.Problem;
import aeterna.chaos.process.Invocation;
import aeterna.chaos.process.Output;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagesTest {
    private static final long PLENTY = 1L << 40;

    @TempDir
    private Path temporary;

    /** What the engine holds. */
    private final Set<String> engine = Collections.synchronizedSet(new TreeSet<>());

    private final List<String> asked = new ArrayList<>();
    private final RecordedProgress progress = new RecordedProgress();
    private final FakePrograms programs =
            new FakePrograms().installed("docker", "go", "debootstrap", "unshare", "python3", "cp", "tar", "rm");
    private Path recipes;
    private boolean registriesAnswer;
    private boolean root = true;
    private long freeBytes = PLENTY;

    @BeforeEach
    void machine() throws IOException {
        recipes = temporary.resolve("images");
        RecipeFolder.base(recipes);
        RecipeFolder.server(recipes);
        programs.when("docker image ls", invocation -> new Output(0, String.join("\n", engine), ""));
        programs.prints("docker info", temporary.toString());
        programs.when("docker import", invocation -> remember(last(invocation)));
        programs.when("docker build", invocation -> remember(after(invocation, "--tag")));
        programs.when("docker pull", invocation -> remember(last(invocation)));
        programs.prints("go env GOVERSION", "go1.26.8");
        programs.prints("go env GOCACHE", temporary.resolve("gocache").toString());
        programs.prints(
                "go list",
                "stale build ID mismatch\nstale stale dependency: a\nstale not installed but available in build cache");
        programs.when("go build", invocation -> make(after(invocation, "-o"), "runtime\nmain"));
        programs.when("tar", invocation -> make(after(invocation, "-cf"), ""));
        programs.when("python3 -m pip", invocation -> make(destination(invocation) + "/thing-1.2.whl", ""));
    }

    @Test
    void everythingMissingIsBuiltInOrder() {
        Map<String, Image> images = images(ImageMode.OFFLINE).ensure(List.of("server"), progress);

        String tag = Recipes.read(recipes).get("server").tag();
        assertThat(images).containsExactly(Map.entry("server", new Image("server", Image.Flavour.OFFLINE, tag)));
        assertThat(programs.commands().stream()
                        .map(command -> command.substring(0, Math.min(command.length(), 13))
                                .strip())
                        .filter(command ->
                                Set.of("docker import", "docker build").contains(command)))
                .containsExactly("docker import", "docker build");
        assertThat(programs.commands("docker build").get(0))
                .contains(
                        "--build-arg BASE=" + Recipes.read(recipes).get("base").tag())
                .contains("--label aeterna.chaos/recipe=server");
        assertThat(programs.commands("unshare --mount debootstrap").get(0))
                .contains("--variant=minbase", "--include=a,b", " bookworm ");
        Invocation compiling = programs.invocations().stream()
                .filter(invocation -> invocation.toString().startsWith("go build"))
                .findFirst()
                .orElseThrow();
        assertThat(compiling.environment()).containsEntry("CGO_ENABLED", "0");
        assertThat(compiling.command())
                .contains("-trimpath", "-buildvcs=false", "-tags=small", "-ldflags=-s -w", "./cmd");
        assertThat(compiling.directory()).contains(recipes.resolve("server/big"));
    }

    @Test
    void theProgressOfACompilationCountsPackages() {
        images(ImageMode.OFFLINE).ensure(List.of("server"), progress);
        assertThat(progress.lines())
                .contains(
                        "begin image server: compiling big",
                        "at image server: compiling big 1/2 runtime",
                        "at image server: compiling big 2/2 linking",
                        "end image server: compiling big");
    }

    @Test
    void whatIsThereIsNotBuiltAgain() {
        images(ImageMode.OFFLINE).ensure(List.of("server"), progress);
        programs.forget();
        images(ImageMode.OFFLINE).ensure(List.of("server"), progress);
        assertThat(programs.commands()).allMatch(command -> command.startsWith("docker image ls"));
    }

    @Test
    void anInterruptedBuildGoesOnWhereItStopped() {
        programs.when("go build -v -trimpath -buildvcs=false -o", invocation -> {
            make(after(invocation, "-o"), "");
            return new Output(1, "", "killed in the middle");
        });
        var problem = catchThrowableOfType(
                Problem.class, () -> images(ImageMode.OFFLINE).ensure(List.of("server"), progress));
        assertThat(problem).hasMessageContaining("image server: compiling little failed");

        programs.forget();
        programs.when("go build", invocation -> make(after(invocation, "-o"), ""));
        images(ImageMode.OFFLINE).ensure(List.of("server"), progress);

        // The half-made binary did not count; the other one was kept.
        assertThat(programs.commands("go build")).hasSize(1).allMatch(command -> command.contains("little"));
    }

    @Test
    void onlyWhatChangedIsCompiledAgain() throws IOException {
        images(ImageMode.OFFLINE).ensure(List.of("server"), progress);
        programs.forget();

        Files.writeString(recipes.resolve("server/Dockerfile"), "FROM base\nRUN true\n");
        images(ImageMode.OFFLINE).ensure(List.of("server"), progress);
        assertThat(programs.commands("go build")).isEmpty();
        assertThat(programs.commands("docker build")).hasSize(1);

        Files.writeString(recipes.resolve("server/little/main.go"), "package main // changed");
        images(ImageMode.OFFLINE).ensure(List.of("server"), progress);
        assertThat(programs.commands("go build")).hasSize(1);
    }

    @Test
    void theContextHoldsBinariesAndPackages() {
        var seen = new ArrayList<String>();
        programs.when("docker build", invocation -> {
            Path context = Path.of(last(invocation));
            try (var files = Files.walk(context)) {
                files.filter(Files::isRegularFile)
                        .map(context::relativize)
                        .map(Path::toString)
                        .forEach(seen::add);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            return remember(after(invocation, "--tag"));
        });
        images(ImageMode.OFFLINE).ensure(List.of("server"), progress);
        assertThat(seen).contains("Dockerfile", "image.yaml", "bin/big", "bin/little", "wheels/thing-1.2.whl");
    }

    @Test
    void anEngineWithoutTheClassicBuilderUsesItsOwn() {
        programs.when(
                "docker build",
                invocation -> invocation.environment().containsKey("DOCKER_BUILDKIT")
                        ? new Output(1, "", "ERROR: the legacy builder has been removed")
                        : remember(after(invocation, "--tag")));
        assertThat(images(ImageMode.OFFLINE).ensure(List.of("server"), progress))
                .containsKey("server");
        assertThat(programs.commands("docker build")).hasSize(2);
    }

    @Test
    void aFailedStepSaysWhatItSaidLastAndWhereTheRestIs() {
        programs.fails("go list", "line 1\nline 2\ndial tcp: lookup registry: no such host");
        var problem = catchThrowableOfType(
                Problem.class, () -> images(ImageMode.OFFLINE).ensure(List.of("server"), progress));
        assertThat(problem)
                .hasMessageContaining("image server: compiling big failed: 'go' ended with exit code 1")
                .hasMessageContaining("    line 2\n");
        assertThat(problem.remedy()).contains("registry cannot be reached").contains("server-big.log");
        assertThat(temporary.resolve("cache/log/server-big.log")).content().contains("line 1", "$ go list");
        assertThat(progress.lines()).anyMatch(line -> line.startsWith("failed image server: compiling big"));
    }

    @Test
    void autoPrefersAnUpstreamImageThatIsThere() {
        engine.add("example.org/server:v1");
        assertThat(images(ImageMode.AUTO).ensure(List.of("server"), progress))
                .containsEntry("server", new Image("server", Image.Flavour.REAL, "example.org/server:v1"));
        assertThat(asked).isEmpty();
        assertThat(programs.commands("docker build")).isEmpty();
    }

    @Test
    void autoPullsWhereTheRegistryAnswers() {
        registriesAnswer = true;
        assertThat(images(ImageMode.AUTO)
                        .ensure(List.of("server"), progress)
                        .get("server")
                        .flavour())
                .isEqualTo(Image.Flavour.REAL);
        assertThat(asked).containsExactly("example.org");
    }

    @Test
    void autoBuildsWhereTheRegistryIsSilent() {
        assertThat(images(ImageMode.AUTO)
                        .ensure(List.of("server"), progress)
                        .get("server")
                        .flavour())
                .isEqualTo(Image.Flavour.OFFLINE);
        assertThat(programs.commands("docker pull")).isEmpty();
    }

    @Test
    void autoBuildsWhatCannotBePulled() {
        registriesAnswer = true;
        programs.fails("docker pull", "denied");
        assertThat(images(ImageMode.AUTO)
                        .ensure(List.of("server"), progress)
                        .get("server")
                        .flavour())
                .isEqualTo(Image.Flavour.OFFLINE);
        assertThat(progress.lines()).contains("failed pulling example.org/server:v1: denied");
    }

    @Test
    void realNamesTheImageThatIsMissing() {
        var problem =
                catchThrowableOfType(Problem.class, () -> images(ImageMode.REAL).ensure(List.of("server"), progress));
        assertThat(problem).hasMessageContaining("example.org/server:v1 (server)");
        assertThat(programs.commands("docker build")).isEmpty();
    }

    @Test
    void realBuildsWhatHasNoUpstream() throws IOException {
        RecipeFolder.plain(recipes, "tool", "");
        assertThat(images(ImageMode.REAL)
                        .ensure(List.of("tool"), progress)
                        .get("tool")
                        .flavour())
                .isEqualTo(Image.Flavour.OFFLINE);
    }

    @Test
    void offlineIgnoresAnUpstreamImageThatIsThere() {
        engine.add("example.org/server:v1");
        assertThat(images(ImageMode.OFFLINE).have(List.of("server"))).isEmpty();
    }

    @Test
    void theDefaultRegistrysNamesAreTheEnginesOwn() throws IOException {
        RecipeFolder.plain(recipes, "tool", "real: docker.io/library/busybox:1.37.0");
        engine.add("busybox:1.37.0");
        assertThat(images(ImageMode.AUTO).have(List.of("tool"))).containsKey("tool");
    }

    @Test
    void lookingTakesOneCall() {
        images(ImageMode.AUTO).have(List.of("server", "base"));
        assertThat(programs.commands()).hasSize(1);
    }

    @Test
    void aMachineWithoutDockerIsToldSo() {
        programs.removed("docker");
        var problem =
                catchThrowableOfType(Problem.class, () -> images(ImageMode.AUTO).have(List.of("server")));
        assertThat(problem).hasMessage("there is no docker command on this machine");
    }

    @Test
    void anEngineThatDoesNotAnswerIsToldApartFromOneThatIsForbidden() {
        programs.fails("docker image ls", "Cannot connect to the Docker daemon. Is it running?");
        var gone =
                catchThrowableOfType(Problem.class, () -> images(ImageMode.AUTO).have(List.of("server")));
        assertThat(gone).hasMessageContaining("does not answer: Cannot connect");

        programs.fails("docker image ls", "permission denied while trying to connect");
        var forbidden =
                catchThrowableOfType(Problem.class, () -> images(ImageMode.AUTO).have(List.of("server")));
        assertThat(forbidden.remedy()).contains("group docker");
    }

    @Test
    void aFullDiskIsSeenBeforeAnythingIsDone() {
        freeBytes = 1L << 30;
        var problem = catchThrowableOfType(
                Problem.class, () -> images(ImageMode.OFFLINE).ensure(List.of("server"), progress));
        assertThat(problem).hasMessageContaining("1.0 GiB are free and ").hasMessageContaining("GiB needed");
        assertThat(programs.commands("go build")).isEmpty();
    }

    @Test
    void aGoThatIsTooOldIsNamed() {
        programs.prints("go env GOVERSION", "go1.19.8");
        var problem = catchThrowableOfType(
                Problem.class, () -> images(ImageMode.OFFLINE).ensure(List.of("server"), progress));
        assertThat(problem).hasMessage("the Go on this machine, go1.19.8, is too old: 1.24 is needed");
    }

    @Test
    void onlyRootMakesADebianTree() {
        root = false;
        var problem = catchThrowableOfType(
                Problem.class, () -> images(ImageMode.OFFLINE).ensure(List.of("base"), progress));
        assertThat(problem).hasMessageContaining("only root may run");
    }

    private Images images(ImageMode mode) {
        var cache = new BuildCache(temporary.resolve("cache"));
        var builder = new Builder(
                programs,
                cache,
                new GoToolchain(programs, Map.of("HOME", temporary.toString())),
                folder -> new DiskSpace.Disk("disk", freeBytes),
                root);
        RegistryProbe registries = host -> {
            asked.add(host);
            return registriesAnswer;
        };
        return new Images(Recipes.read(recipes), mode, programs, cache, registries, builder);
    }

    private Output remember(String reference) {
        engine.add(reference);
        return new Output(0, "Step 1/1 : FROM x", "");
    }

    private static Output make(String file, String out) {
        try {
            Files.writeString(Path.of(file), "made");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return new Output(0, out, "");
    }

    private static String after(Invocation invocation, String flag) {
        return invocation.command().get(invocation.command().indexOf(flag) + 1);
    }

    private static String last(Invocation invocation) {
        return invocation.command().get(invocation.command().size() - 1);
    }

    private static String destination(Invocation invocation) {
        return invocation.command().stream()
                .filter(argument -> argument.startsWith("--dest="))
                .findFirst()
                .orElseThrow()
                .substring("--dest=".length());
    }
}
