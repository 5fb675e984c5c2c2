package aeterna.chaos.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PatchTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {a: 1, b: 2}                 | {b: 3, c: {d: 4}}                | {a: 1, b: 3, c: {d: 4}}
                    {a: {b: 1, c: 2}}            | {a: {b: null}}                   | {a: {c: 2}}
                    {a: {b: 1}}                  | {a: null}                        | {}
                    {a: {b: 1}}                  | {a: text}                        | {a: text}
                    {a: [1, 2]}                  | {a: [3]}                         | {a: [3]}
                    {a: [{name: x, v: 1}]}       | {a: [{name: x, w: 2}]}           | {a: [{name: x, v: 1, w: 2}]}
                    {a: [{name: x}]}             | {a: [{name: y}]}                 | {a: [{name: x}, {name: y}]}
                    {a: [{name: x}, {name: y}]}  | {a: [{name: x, $patch: delete}]} | {a: [{name: y}]}
                    {a: [{key: x}]}              | {a: [{key: y}]}                  | {a: [{key: y}]}
                    """)
    void isMadeAsKubernetesMakesIt(String base, String patch, String wanted) {
        assertThat(Yaml.parse("base", base).patched(Yaml.parse("patch", patch)).document())
                .isEqualTo(Yaml.parse("wanted", wanted).document());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"true\"", "\"8\"", "\"a: b\""})
    void whatWasQuotedStaysText(String value) {
        var document = Yaml.parse("base", "{a: " + value + "}")
                .patched(Yaml.parse("patch", "{b: 1}"))
                .document();
        assertThat(document).contains(value);
    }
}
