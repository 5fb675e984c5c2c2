package aeterna.chaos.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 s",
        "PT0.0204S, 0.02 s",
        "PT0.25S, 0.25 s",
        "PT5S, 5 s",
        "PT47.304S, 47.3 s",
        "PT100S, 100 s",
        "PT119.96S, 120 s",
        "PT2M, 2 min",
        "PT5M, 5 min",
        "PT5M1S, 301 s",
        "PT0.0000004S, 0 s"
    })
    void durationsReadWell(Duration duration, String words) {
        assertThat(Words.of(duration)).isEqualTo(words);
    }

    @Test
    void aHeldFaultIsNeverHeldForNoTime() {
        assertThatThrownBy(() -> Hold.holdFor(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Hold.untilServed(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThat(Hold.oneShot()).hasToString("one-shot");
        assertThat(Hold.untilServed()).hasToString("held until served, at least 10 s");
        assertThat(Hold.holdFor(Duration.ofMinutes(2))).hasToString("held for 2 min");
    }
}
