package aeterna.chaos.bench;

import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What is measured many times over.
 *
 * @param darkness how the server is down
 * @param nominal for about how long
 */
record Part(Darkness darkness, Duration nominal) {
    private static final List<Duration> DOWNTIMES =
            List.of(Duration.ofMillis(250), Duration.ofSeconds(1), Duration.ofSeconds(5));

    /** Every downtime in every kind. */
    static List<Part> all() {
        return Arrays.stream(Darkness.values())
                .flatMap(darkness -> DOWNTIMES.stream().map(nominal -> new Part(darkness, nominal)))
                .toList();
    }

    /** The part that a row of raw results belongs to, or none. */
    static Stream<Part> of(Map<?, ?> row) {
        return all().stream()
                .filter(part -> part.darkness.toString().equals(row.get("kind"))
                        && row.get("nominal_ms") instanceof Number millis
                        && millis.longValue() == part.nominal.toMillis());
    }

    @Override
    public String toString() {
        return Words.of(nominal) + " " + darkness;
    }
}
