package aeterna.chaos.expect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.fakes.Histories;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Expectation;
import aeterna.chaos.model.Expectation.Word;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.yaml.Yaml;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpectationsTest {
    private static Expectations of(String text) {
        return Expectations.of(Yaml.parse("expected.yaml", text));
    }

    @Test
    void theNarrowerWordWins() {
        var expectations = of("""
                PostgresScenario:
                  any:
                    any: HELD
                    kind: "NOT APPLICABLE: no power over machines"
                PostgresScenario.survives:
                  as-documented:
                    any:
                      BROKEN: ANY 2 of 2 standbys
                    kind: HELD
                """);
        assertThat(expectations.of("PostgresScenario.survives", "as-documented", "k3s"))
                .isEqualTo(new Expectation(Word.BROKEN, "ANY 2 of 2 standbys"));
        assertThat(expectations.of("PostgresScenario.survives", "as-documented", "kind"))
                .isEqualTo(Expectation.held());
        assertThat(expectations.of("PostgresScenario.survives", "recommended", "kind"))
                .hasToString("NOT APPLICABLE: no power over machines");
        assertThat(expectations.of("PostgresScenario.other", "recommended", "k3s"))
                .isEqualTo(Expectation.held());
        assertThat(expectations.of("OtherScenario.any", "recommended", "k3s")).isEqualTo(Expectation.held());
        assertThat(Expectations.none().of("OtherScenario.any", "recommended", "k3s"))
                .isEqualTo(Expectation.held());
        assertThat(expectations.scenarios()).containsExactly("PostgresScenario", "PostgresScenario.survives");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "A: {p: {k: BROKN}}             | expected.yaml:1: 'BROKN' is nothing that a run can be expected to end with",
                "A: {p: {k: BROKEN}}            | expected.yaml:1: BROKEN without a reason",
                "A: {p: {k: 'HELD: luckily'}}   | expected.yaml:1: HELD needs no reason",
                "A: {p: {k: {BROKEN: x, HELD: y}}} | expected.yaml:1: one outcome is expected here, not 2",
                "A: {p: HELD}                   | expected.yaml:1: a mapping (key: value) is expected here",
                "A: {p: {k: [HELD]}}            | expected.yaml:1: a single value is expected here",
                "A: {p: {k: HELD, k: HELD}}     | expected.yaml:1: ",
            })
    void whatIsMalformedIsNamedWithItsLine(String text, String message) {
        assertThatThrownBy(() -> of(text)).isInstanceOf(Problem.class).hasMessageStartingWith(message);
    }

    private static History ended(Verdict verdict, Word expected) {
        return new History(List.of(
                Histories.began("S.m", new Expectation(expected, expected == Word.HELD ? "" : "why")),
                new Entry.Judged(9, verdict, "because")));
    }

    @ParameterizedTest
    @CsvSource({
        "HELD, HELD, 0",
        "HELD, BROKEN, 1",
        "HELD, VOID, 3",
        "BROKEN, BROKEN, 0",
        "BROKEN, HELD, 1", // what the expectation rests on is no longer so
        "BROKEN, VOID, 3",
        "NOT_APPLICABLE, VOID, 0",
        "NOT_APPLICABLE, HELD, 1",
        "NOT_APPLICABLE, BROKEN, 1",
    })
    void theExitCodeIsTheDeviation(Word expected, Verdict verdict, int exitCode) {
        assertThat(Tally.of(List.of(ended(verdict, expected))).exitCode()).isEqualTo(exitCode);
    }

    @Test
    void aDeviationOutweighsWhatWasNotProven() {
        var tally = Tally.of(Stream.of(Verdict.values())
                .map(verdict -> ended(verdict, Word.HELD))
                .toList());
        assertThat(tally.exitCode()).isEqualTo(1);
        assertThat(tally.asExpected()).containsExactly("S.m is HELD (because), expected HELD");
        assertThat(tally.deviated()).containsExactly("S.m is BROKEN (because), expected HELD");
        assertThat(tally.unproven()).containsExactly("S.m is VOID (because), expected HELD");
    }

    @Test
    void aRunThatDiedIsUnproven() {
        assertThat(Tally.of(List.of(new History(List.of(Histories.began())))).exitCode())
                .isEqualTo(3);
    }
}
