package aeterna.chaos.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ErrorsTest {
    @Test
    void aPercentileIsTheSmallestErrorThatSoManyDoNotExceed() {
        var errors = new ArrayList<>(
                IntStream.rangeClosed(1, 200).mapToObj(Double::valueOf).toList());
        Collections.shuffle(errors, new Random(7));
        var figures = Errors.of(errors);
        assertThat(figures.percentile(50)).isEqualTo(100);
        assertThat(figures.percentile(99)).isEqualTo(198);
        assertThat(figures.percentile(100)).isEqualTo(200);
        assertThat(figures.max()).isEqualTo(200);
    }

    @Test
    void itsSignDoesNotMakeAnErrorSmaller() {
        var figures = Errors.of(List.of(-40.0, 10.0, 20.0));
        assertThat(figures.percentile(50)).isEqualTo(20);
        assertThat(figures.percentile(99)).isEqualTo(40);
        assertThat(figures.max()).isEqualTo(40);
    }

    @Test
    void ofOneErrorAllFiguresAreThatError() {
        var figures = Errors.of(List.of(-3.5));
        assertThat(List.of(figures.percentile(1), figures.percentile(99), figures.max()))
                .containsOnly(3.5);
    }

    @Test
    void fewErrorsHaveTheirLargestAsTheirNinetyNinthPercentile() {
        assertThat(Errors.of(List.of(1.0, 2.0, 3.0, 4.0)).percentile(99)).isEqualTo(4);
    }

    @Test
    void nothingHasNoPercentiles() {
        assertThatThrownBy(() -> Errors.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
