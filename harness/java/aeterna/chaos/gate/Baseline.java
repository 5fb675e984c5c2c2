package aeterna.chaos.gate;

import aeterna.chaos.model.History;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Series;
import aeterna.chaos.model.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What runs are compared with: the contents of {@code reports/baseline.json}.
 *
 * @param run the run it was made of
 * @param provider who made that run's testbed
 * @param topology that testbed's shape
 * @param profile how the stack was configured
 * @param scenarios by name
 */
public record Baseline(
        String run, String provider, String topology, String profile, SortedMap<String, Scenario> scenarios) {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    public Baseline {
        Stream.of(run, provider, topology, profile).forEach(Objects::requireNonNull);
        scenarios = Collections.unmodifiableSortedMap(new TreeMap<>(scenarios));
    }

    /**
     * One scenario.
     *
     * @param verdict what it ended with
     * @param measuredMs every trial's times, by promise
     */
    public record Scenario(Verdict verdict, SortedMap<String, List<Long>> measuredMs) {
        public Scenario {
            measuredMs = Collections.unmodifiableSortedMap(new TreeMap<>(measuredMs));
        }

        /** What was measured of a promise, trial by trial. */
        List<Duration> measured(String promise) {
            return measuredMs.getOrDefault(promise, List.of()).stream()
                    .map(Duration::ofMillis)
                    .toList();
        }
    }

    /** The baseline that a run makes; throws a {@link Problem} when something in it was VOID, for that is nothing to hold others to. */
    public static Baseline of(List<History> histories) {
        var setting = histories.get(0).began().setting();
        var scenarios = new TreeMap<String, Scenario>();
        for (var series : Series.of(histories)) {
            if (series.verdict() == Verdict.VOID && !series.asExpected()) {
                throw new Problem(
                        "the run " + setting.run() + " is no baseline: " + series.scenario() + " was VOID in it: "
                                + series.decisive().judged().because(),
                        "Run that scenario again with --into " + setting.run() + ".");
            }
            var measured = new TreeMap<String, List<Long>>();
            series.measured()
                    .forEach((promise, times) -> measured.put(
                            promise, times.stream().map(Duration::toMillis).toList()));
            scenarios.put(series.scenario(), new Scenario(series.verdict(), measured));
        }
        return new Baseline(setting.run(), setting.provider(), setting.topology(), setting.profile(), scenarios);
    }

    /**
     * Reads a baseline; empty when there is none.
     *
     * @throws Problem when the file is no baseline
     */
    public static Optional<Baseline> read(Path file) {
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(MAPPER.readValue(Files.readAllBytes(file), Baseline.class));
        } catch (IOException | JacksonException malformed) {
            throw new Problem(
                    file + " is no baseline: "
                            + String.valueOf(malformed.getMessage())
                                    .lines()
                                    .findFirst()
                                    .orElse(""),
                    "Fetch it again from version control, or make it anew with `./chaos baseline`.",
                    malformed);
        }
    }

    /** The file's text. */
    public String json() {
        return MAPPER.writeValueAsString(this) + "\n";
    }
}
