package aeterna.chaos.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipesTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        RecipeFolder.base(folder);
        RecipeFolder.server(folder);
    }

    @Test
    void aRecipeIsReadWithAllItSays() {
        Recipe server = Recipes.read(folder).get("server");

        assertThat(server.about()).isEqualTo("a server");
        assertThat(server.real()).contains("example.org/server:v1");
        assertThat(server.from()).contains("base");
        assertThat(server.go())
                .containsExactly(
                        new GoBinary("big", "./cmd", "big", "small", "-s -w"),
                        new GoBinary("little", ".", "little", "", ""));
        assertThat(server.wheels()).containsExactly("thing[extra]==1.2");
        assertThat(server.expected("big")).isEqualTo(Duration.ofSeconds(150));
        assertThat(server.expected("docker")).isEqualTo(Duration.ofSeconds(15));
        assertThat(server.expected("little")).isZero();
        assertThat(server.tag()).matches("aeterna-chaos/server:[0-9a-f]{12}");
    }

    @Test
    void theHashFollowsContentAndNothingElse() throws IOException {
        String before = hash("server");
        Path source = folder.resolve("server/little/main.go");

        Files.setLastModifiedTime(source, FileTime.from(Instant.EPOCH));
        Files.createDirectories(folder.resolve("server/bin"));
        Files.writeString(folder.resolve("server/bin/big"), "a product");
        assertThat(hash("server")).isEqualTo(before);

        Files.writeString(source, "package main // changed");
        String changed = hash("server");
        assertThat(changed).isNotEqualTo(before);

        Files.writeString(source, "package main");
        assertThat(hash("server")).isEqualTo(before);

        assertThat(source.toFile().setExecutable(true)).isTrue();
        assertThat(hash("server")).isNotEqualTo(before);
        assertThat(source.toFile().setExecutable(false)).isTrue();

        Files.move(source, source.resolveSibling("other.go"));
        assertThat(hash("server")).isNotEqualTo(before);
    }

    @Test
    void aChangedBaseMakesAnotherImage() throws IOException {
        String before = hash("server");
        Files.writeString(folder.resolve("base/excluded"), "./more");
        assertThat(hash("server")).isNotEqualTo(before);
    }

    @Test
    void basesComeBeforeWhatStartsFromThem() {
        assertThat(Recipes.read(folder).withBases(java.util.List.of("server", "base")))
                .extracting(Recipe::name)
                .containsExactly("base", "server");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            about: x | reel: y                        | 2 | the key 'reel' is not known here
            about: x | from: bose                     | 2 | there is no image 'bose' to start from
            about: x | from: server                   | 2 | the image starts from itself
            about: x | real: rancher/k3s              | 2 | is no pinned image
            about: x | real: rancher/k3s:latest       | 2 | means another image tomorrow
            about: x | 'expect: {docker: soon}'       | 2 | 'soon' is no duration
            about: x | 'expect: {dokcer: 5s}'         | 2 | the key 'dokcer' is not known here
            about: x | 'go: [{module: little, output: x}]' | 2 | 'package' is missing
            about: x | 'go: [{module: cmd, package: ., output: x}]' | 2 | is not in the recipe's folder
            about: x | 'go: [{module: ../base, package: ., output: x}]' | 2 | is not in the recipe's folder
            about: x | 'go: {module: little}'         | 2 | a list is expected here
            about: x | '  : ['                        | 2 | server/image.yaml
            real: a:1 | expect: {}                    | 1 | 'about' is missing
            """)
    void aMalformedRecipeIsRefusedWithItsPlace(String first, String second, int line, String why) throws IOException {
        Path file = folder.resolve("server/image.yaml");
        Files.writeString(file, first.strip() + "\n" + second.strip() + "\n");

        var problem = catchThrowableOfType(Problem.class, () -> Recipes.read(folder));

        assertThat(problem).hasMessageContaining(why).hasMessageContaining("server/image.yaml:" + line);
        assertThat(problem.remedy()).isNotBlank();
    }

    @Test
    void anUnknownNameIsAnsweredWithTheNearest() {
        var problem =
                catchThrowableOfType(Problem.class, () -> Recipes.read(folder).get("servr"));
        assertThat(problem).hasMessage("there is no image 'servr'");
        assertThat(problem.remedy()).isEqualTo("Did you mean server?");
    }

    @Test
    void theRecipesOfTheProjectAreWellFormed() {
        assertThat(Recipes.read(Path.of("images")).names()).contains("base", "node", "coredns");
    }

    private String hash(String name) {
        return Recipes.read(folder).get(name).hash();
    }
}
