package aeterna.chaos.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.model.Problem;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0.0 s, a few seconds",
        "340, 0.3 s, a few seconds",
        "9940, 9.9 s, a few seconds",
        "9960, 10 s, a few seconds",
        "47300, 47 s, 50 s",
        "59600, 1 min, 60 s",
        "312000, 5 min 12 s, 5 min",
        "3780000, 1 h 3 min, 63 min"
    })
    void durationsAreSaidAsPeopleDo(long millis, String exactly, String roughly) {
        assertThat(DurationText.of(Duration.ofMillis(millis))).isEqualTo(exactly);
        assertThat(DurationText.roughly(Duration.ofMillis(millis))).isEqualTo(roughly);
    }

    @ParameterizedTest
    @CsvSource({"45s, 45000", "6m, 360000", "1500ms, 1500", "90 s, 90000"})
    void durationsAreReadAsPeopleWriteThem(String text, long millis) {
        assertThat(DurationText.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "6", "six minutes", "0s", "-1s", "1h", "99999999s"})
    void whatIsNoDurationIsRefused(String text) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .isInstanceOf(Problem.class)
                .hasMessage("'" + text + "' is no duration above zero");
    }
}
