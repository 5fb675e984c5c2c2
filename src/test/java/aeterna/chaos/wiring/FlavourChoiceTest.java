package aeterna.chaos.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.image.ImageMode;
import aeterna.chaos.model.Image;
import aeterna.chaos.model.Problem;
import aeterna.chaos.stack.RealFlavours;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlavourChoiceTest {
    private static final RealFlavours UPSTREAM = RealFlavours.read(Path.of("stack"));

    private final Set<String> engine = new TreeSet<>();
    private final Set<String> asked = new TreeSet<>();

    private void there(String component) {
        engine.addAll(UPSTREAM.get(component).images().values());
    }

    private Map<String, Image> choose(Map<String, String> flavours, Map<String, String> images, ImageMode mode) {
        return new FlavourChoice(flavours, images, Map.of()).choose(UPSTREAM, mode, Map.of(), this::obtain);
    }

    private Set<String> obtain(Collection<String> references) {
        asked.addAll(references);
        return references.stream().filter(engine::contains).collect(Collectors.toSet());
    }

    @Test
    void upstreamRunsWhereAllOfItsImagesAre() {
        there("qdrant");
        there("postgres");
        engine.remove(UPSTREAM.get("postgres").images().get("postgres-operator"));

        assertThat(choose(Map.of(), Map.of(), ImageMode.AUTO))
                .containsExactly(Map.entry(
                        "real.qdrant",
                        new Image(
                                "real.qdrant",
                                Image.Flavour.REAL,
                                UPSTREAM.get("qdrant").images().get("qdrant"))));
    }

    @Test
    void whatNeedsAnotherIsOursWithoutIt() {
        there("pooler");
        assertThat(choose(Map.of(), Map.of(), ImageMode.AUTO)).isEmpty();

        there("postgres");
        assertThat(choose(Map.of(), Map.of(), ImageMode.AUTO))
                .containsKeys("real.pooler", "real.postgres", "real.postgres-operator");
        assertThatThrownBy(() -> choose(Map.of("pooler", "real", "postgres", "offline"), Map.of(), ImageMode.AUTO))
                .isInstanceOf(Problem.class)
                .hasMessage("the component pooler can only be upstream's where postgres is");
    }

    @Test
    void whoWantsOursIsNotKeptWaiting() {
        there("qdrant");
        assertThat(choose(Map.of(), Map.of(), ImageMode.OFFLINE)).isEmpty();
        assertThat(choose(Map.of("qdrant", "offline"), Map.of(), ImageMode.AUTO))
                .isEmpty();
        assertThat(asked).doesNotContain(UPSTREAM.get("qdrant").images().get("qdrant"));
    }

    @Test
    void whatIsAskedForAndMissingIsNamed() {
        assertThatThrownBy(() -> choose(Map.of("opal", "real"), Map.of(), ImageMode.OFFLINE))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("opal cannot be upstream's: docker.io/permitio/opal-server:");
        assertThatThrownBy(() -> choose(Map.of(), Map.of(), ImageMode.REAL)).isInstanceOf(Problem.class);
    }

    @Test
    void anotherImageTakesThePinnedOnesPlace() {
        engine.add("registry/qdrant:mine");

        assertThat(choose(Map.of(), Map.of("qdrant", "registry/qdrant:mine"), ImageMode.AUTO))
                .extractingByKey("real.qdrant")
                .isEqualTo(new Image("real.qdrant", Image.Flavour.REAL, "registry/qdrant:mine"));
    }

    @Test
    void aProfileMayOnlyHaveOurs() {
        there("cache");
        var wants = Map.of("cache", "offline");

        assertThat(FlavourChoice.none().choose(UPSTREAM, ImageMode.AUTO, wants, this::obtain))
                .isEmpty();
        assertThatThrownBy(() -> new FlavourChoice(Map.of("cache", "real"), Map.of(), Map.of())
                        .choose(UPSTREAM, ImageMode.AUTO, wants, this::obtain))
                .isInstanceOf(Problem.class)
                .hasMessage("the profile only has cache as offline");
    }

    @ParameterizedTest
    @CsvSource({
        "chaos.flavour.postgress, real, there is no component 'postgress' that has an upstream flavour",
        "chaos.flavour.postgres, reel, there is no flavour 'reel' of postgres",
        "chaos.image.postgress, x:1, there is no upstream image 'postgress'",
        "chaos.operator.qdrant, file, the component qdrant has no operator"
    })
    void aWrongNameIsToldApart(String property, String value, String message) {
        var properties = new Properties();
        properties.setProperty(property, value);

        assertThatThrownBy(() -> FlavourChoice.of(properties).check(UPSTREAM))
                .isInstanceOf(Problem.class)
                .hasMessage(message);
    }
}
