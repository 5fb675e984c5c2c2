package aeterna.chaos.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.model.Problem;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

class YamlTest {
    @Test
    void readsWhatIsThere() {
        var root = Yaml.parse("f.yaml", "a: {b: [1, two]}\nempty:\n");
        assertThat(root.get("a").get("b").list().get(0).number(0, 9)).isEqualTo(1);
        assertThat(root.get("a").get("b").list().get(1).text()).isEqualTo("two");
        assertThat(root.get("empty").map()).isEmpty();
        assertThat(root.find("missing")).isEmpty();
    }

    @Test
    void saysWhereAndWhy() {
        var root = Yaml.parse("f.yaml", "a:\n  b: x\n");
        assertThatThrownBy(() -> root.get("a").get("b").number(1, 5))
                .isInstanceOf(Problem.class)
                .hasMessage("f.yaml:2: 'x' is not a whole number from 1 to 5");
        assertThatThrownBy(() -> root.get("a").get("c")).hasMessage("f.yaml:2: 'c' is missing");
        assertThatThrownBy(() -> root.get("a").list()).hasMessage("f.yaml:2: a list is expected here");
        assertThatThrownBy(() -> root.get("a").text()).hasMessage("f.yaml:2: a single value is expected here");
        assertThatThrownBy(() -> root.get("a").only(Set.of("d"))).hasMessage("f.yaml:2: the key 'b' is not known here");
    }

    @Test
    void refusesWhatIsNotWellFormed() {
        assertThatThrownBy(() -> Yaml.parse("f.yaml", "a: 1\nb: [1\n"))
                .isInstanceOf(Problem.class)
                .hasMessageStartingWith("f.yaml:3: ");
        assertThatThrownBy(() -> Yaml.parse("f.yaml", "a: 1\na: 2\n").map())
                .isInstanceOf(Problem.class)
                .hasMessageContaining("f.yaml:");
        assertThatThrownBy(() -> Yaml.parse("f.yaml", "")).hasMessage("f.yaml is empty");
        assertThatThrownBy(() -> Yaml.read(Path.of("no-such-file.yaml")))
                .hasMessage("no-such-file.yaml does not exist");
    }
}
