package aeterna.chaos.report;

import aeterna.chaos.attribution.Attribution;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Ledger;
import aeterna.chaos.model.Series;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The contents of {@code summary.json}: a stable interface for whoever reads runs by machine. Milliseconds are whole
 * numbers; what is not known is null.
 *
 * @param run the run's name
 * @param seed where its choices came from
 * @param provider who made the testbed
 * @param topology the testbed's shape
 * @param profile how the stack was configured
 * @param flavours where the images came from, by component
 * @param scenarios in the order in which they ran
 */
public record Summary(
        String run,
        long seed,
        String provider,
        String topology,
        String profile,
        SortedMap<String, String> flavours,
        List<Scenario> scenarios) {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /** One experiment, as its decisive trial was. */
    public record Scenario(
            String name,
            String verdict,
            String expected,
            String because,
            String fault,
            Hit hit,
            Long floorMs,
            List<Kept> promises,
            Counts ledger,
            List<Tried> trials,
            Map<String, Spreading> spread,
            List<Staged> stages) {}

    /** A promise's times over several trials: percentiles, and their bounds with 90 % confidence where so few can tell. */
    public record Spreading(
            int trials,
            Long medianMs,
            Long medianLowMs,
            Long medianHighMs,
            Long p90Ms,
            Long p90LowMs,
            Long p90HighMs) {}

    /** One part of the decisive trial's longest outage. */
    public record Staged(String stage, Long tookMs, String ended, String timers) {}

    /**
     * One attempt at one trial.
     *
     * @param repeated true for a VOID that was repeated and does not count
     * @param measuredMs by promise, of those that have a number
     */
    public record Tried(
            int trial,
            int attempt,
            long seed,
            String verdict,
            boolean repeated,
            String because,
            Map<String, Long> measuredMs) {}

    /** One promise, kept or not. */
    public record Kept(String promise, Long limitMs, Long measuredMs, Long errorMs, String verdict, String because) {}

    /** How many writes ended how; lost and stale are null when they were never read back. */
    public record Counts(int acknowledged, int unknown, Integer lost, Integer stale) {}

    /**
     * The summary of a run.
     *
     * @param histories at least one
     */
    public static Summary of(List<History> histories) {
        var setting = histories.get(0).began().setting();
        var flavours = new TreeMap<String, String>();
        histories.forEach(history -> flavours.putAll(history.began().setting().flavours()));
        return new Summary(
                setting.run(),
                setting.seed(),
                setting.provider(),
                setting.topology(),
                setting.profile(),
                flavours,
                Series.of(histories).stream().map(Summary::scenario).toList());
    }

    /** The file's text. */
    public String json() {
        return MAPPER.writeValueAsString(this) + "\n";
    }

    private static Scenario scenario(Series series) {
        var history = series.decisive();
        var began = history.began();
        var judged = history.judged();
        var hit = history.first(Entry.Injecting.class).map(act -> act.planned().hit());
        var floor = history.first(Entry.FloorComputed.class).map(Entry.FloorComputed::floor);
        return new Scenario(
                began.setting().scenario(),
                judged.verdict().toString(),
                began.setting().expected().word().toString(),
                judged.because(),
                began.fault(),
                hit.orElseGet(Hit::none),
                millis(floor.map(Floor::total)),
                promises(history),
                counts(history),
                series.histories().stream().map(any -> tried(series, any)).toList(),
                spread(series),
                stages(history));
    }

    private static Map<String, Spreading> spread(Series series) {
        var spreads = new LinkedHashMap<String, Spreading>();
        series.measured()
                .forEach((promise, times) -> Spread.of(times)
                        .ifPresent(spread -> spreads.put(
                                promise,
                                new Spreading(
                                        spread.trials(),
                                        millis(Optional.of(spread.median().at())),
                                        millis(spread.median().low()),
                                        millis(spread.median().high()),
                                        millis(Optional.of(spread.p90().at())),
                                        millis(spread.p90().low()),
                                        millis(spread.p90().high())))));
        return spreads;
    }

    private static List<Staged> stages(History history) {
        return Attribution.of(history).stream()
                .flatMap(split -> split.shares().stream())
                .map(share -> new Staged(share.name(), millis(Optional.of(share.took())), share.end(), share.timers()))
                .toList();
    }

    private static Tried tried(Series series, History history) {
        var setting = history.began().setting();
        var judged = history.judged();
        return new Tried(
                setting.trial().number(),
                setting.trial().attempt(),
                setting.seed(),
                judged.verdict().toString(),
                series.repeated(history),
                judged.because(),
                measured(history));
    }

    private static Map<String, Long> measured(History history) {
        var measured = new LinkedHashMap<String, Long>();
        history.all(Finding.class)
                .filter(finding -> finding.limit().isPresent())
                .forEach(finding -> measured.put(finding.promise(), millis(finding.measured())));
        return measured;
    }

    /** A run that died before it was judged has promises all the same. */
    private static List<Kept> promises(History history) {
        var findings = history.all(Finding.class).map(Summary::kept).toList();
        return findings.isEmpty()
                ? history.began().promises().stream()
                        .map(promise -> new Kept(promise, null, null, null, Verdict.VOID.toString(), "never judged"))
                        .toList()
                : findings;
    }

    private static Kept kept(Finding finding) {
        return new Kept(
                finding.promise(),
                millis(finding.limit()),
                millis(finding.measured()),
                millis(finding.measured().map(measured -> finding.error())),
                finding.verdict().toString(),
                finding.because());
    }

    private static Counts counts(History history) {
        var ledger = Ledger.of(history);
        return new Counts(
                ledger.acknowledged().size(),
                ledger.unknown().size(),
                ledger.complete() ? ledger.lost().size() : null,
                ledger.complete() ? ledger.stale().size() : null);
    }

    private static Long millis(Optional<Duration> duration) {
        return duration.map(exact -> exact.plusNanos(500_000).toMillis()).orElse(null);
    }
}
