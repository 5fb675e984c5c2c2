package aeterna.chaos.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.cluster.TopologyFile;
import aeterna.chaos.model.Flaw;
import aeterna.chaos.model.Problem;
import aeterna.chaos.yaml.Yaml;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpectedFlawsTest {
    private static final ExpectedFlaws ALL = ExpectedFlaws.read(Yaml.parse("profile.yaml", """
            pending:
              peers: {2 zones: three for two zones}
            alert-fires:
              Throttled: {any: "sometimes: on an idle disk"}
            no-budget:
              cache: {any: nobody makes one}
            """));

    private static ExpectedFlaws on(String topology) {
        return ALL.on(new TopologyFile(Path.of("kind-config")).read(topology));
    }

    @Test
    void whatIsKnownOfTwoZonesIsNewsInThree() {
        assertThat(on("two-zones").has(Flaw.Kind.PENDING, "peers")).isTrue();
        assertThat(on("three-zones").has(Flaw.Kind.PENDING, "peers")).isFalse();
        assertThat(on("three-zones").because(Flaw.Kind.NO_BUDGET, "cache")).contains("nobody makes one");
    }

    @Test
    void whatIsGoneIsMissedUnlessItOnlyHappensSometimes() {
        assertThat(on("two-zones").missingFrom(List.of(new Flaw(Flaw.Kind.PENDING, "peers", "0/3 nodes"))))
                .extracting(ExpectedFlaws.Entry::object)
                .containsExactly("cache");
    }

    @ParameterizedTest
    @CsvSource({
        "'pendin: {x: {any: y}}', 'p.yaml:1: there is no kind of flaw ''pendin'''",
        "'pending: {x: {two: y}}', 'p.yaml:1: ''two'' says no number of zones'"
    })
    void whatNobodyKnowsIsNamedWithItsLine(String text, String message) {
        assertThatThrownBy(() -> ExpectedFlaws.read(Yaml.parse("p.yaml", text)))
                .isInstanceOf(Problem.class)
                .hasMessage(message);
    }
}
