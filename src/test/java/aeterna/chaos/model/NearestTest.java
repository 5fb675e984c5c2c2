package aeterna.chaos.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    private static final List<String> KNOWN =
            List.of("images", "up", "status", "heal", "down", "three-zones", "two-zones");

    @ParameterizedTest
    @CsvSource({
        "imges,images",
        "statsu,status",
        "three_zones,three-zones",
        "HEAL,heal",
        "stat,status",
        "three,three-zones"
    })
    void aTypingErrorIsForgiven(String word, String meant) {
        assertThat(Nearest.to(word, KNOWN)).startsWith(meant);
    }

    @Test
    void nothingNearMeansNothing() {
        assertThat(Nearest.to("kubernetes", KNOWN)).isEmpty();
        assertThat(Nearest.remedy("kubernetes", List.of("b", "a"))).isEqualTo("Known are: a, b.");
        assertThat(Nearest.remedy("x", List.of())).isEqualTo("There are none.");
    }
}
