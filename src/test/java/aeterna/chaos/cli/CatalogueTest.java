package aeterna.chaos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.expect.Expectations;
import aeterna.chaos.expect.PromisePage;
import aeterna.chaos.junit.EveryFault;
import aeterna.chaos.model.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The catalogue, held against what the page says and against what is expected of it. */
class CatalogueTest {
    private final Catalogue catalogue = Catalogue.onClassPath();
    private final PromisePage page = PromisePage.read(Path.of("docs/promises.md"));

    private Set<String> tested() {
        var tested = new TreeSet<String>();
        catalogue.classes().forEach(scenario -> tested.addAll(Catalogue.sources(scenario)));
        return tested;
    }

    @Test
    void everyScenarioSaysWhatOfThePageItTests() {
        assertThat(catalogue.classes())
                .hasSizeGreaterThan(20)
                .allSatisfy(scenario -> assertThat(Catalogue.sources(scenario))
                        .as(scenario.getSimpleName())
                        .isNotEmpty());
    }

    @Test
    void everyNumberThatAScenarioNamesIsOnThePage() {
        assertThat(page.lines().keySet()).containsAll(tested());
    }

    @Test
    void everythingOnThePageIsTestedOrSaysWhyNot() {
        var neither = new TreeSet<>(page.lines().keySet());
        neither.removeAll(tested());
        neither.removeAll(page.untested().keySet());
        assertThat(neither).isEmpty();
    }

    @Test
    void reasonsAreGivenForWhatIsThereAndNotTestedAlone() {
        assertThat(page.lines().keySet()).containsAll(page.untested().keySet());
        page.untested().forEach((number, why) -> {
            assertThat(why).as(number).isNotBlank();
            assertThat(tested().contains(number) && !why.startsWith("tested as"))
                    .as(number + " is tested, and has a reason why it is not")
                    .isFalse();
        });
    }

    @Test
    void expectationsAreOfScenariosThatThereAre() {
        var known = new TreeSet<String>();
        catalogue.chosen(List.of()).forEach(one -> {
            var name = one.toString();
            known.addAll(List.of(name, name.replaceFirst("\\[.*", ""), name.replaceFirst("\\..*", "")));
        });
        var faults = EveryFault.class.getSimpleName();
        assertThat(Expectations.read(Path.of("scenarios/expected.yaml")).scenarios())
                .filteredOn(name -> !name.startsWith(faults))
                .isSubsetOf(known);
    }

    @Test
    void oneCaseCanBeChosen() {
        assertThat(catalogue.chosen(List.of("ZoneOutage.freezes[zone-b]")))
                .extracting(Object::toString)
                .containsExactly("ZoneOutageScenario.freezes[zone-b]");
        assertThat(catalogue.chosen(List.of("ZoneOutage.freezes"))).hasSize(3);
        assertThat(catalogue.chosen(List.of("ZoneOutage", "ZoneOutageScenario")))
                .hasSize(9);
    }

    @Test
    void aGroupCanBeChosen() {
        assertThat(catalogue.chosen(List.of("smoke"))).hasSizeBetween(4, 10);
        assertThat(catalogue.chosen(List.of("gate"))).hasSizeGreaterThan(10);
    }

    @Test
    void whatThereIsNotIsRefusedWithWhatMayBeMeant() {
        assertThatThrownBy(() -> catalogue.chosen(List.of("ZoneOutage.freezes[zone-d]")))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.remedy()).contains("ZoneOutageScenario.freezes[zone-"));
    }
}
