package aeterna.chaos.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
}
