package aeterna.chaos.report;

import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Series;
import aeterna.chaos.model.Verdict;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A run's verdicts, recovery times and requests in Prometheus' text format. Times are seconds. */
final class Metrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private Metrics() {}

    /** The text of {@code metrics.prom}. */
    static String of(List<History> histories) {
        var metrics = new Metrics();
        Series.of(histories).forEach(metrics::add);
        return metrics.registry.scrape();
    }

    private void add(Series series) {
        var setting = series.decisive().began().setting();
        var scenario =
                Tags.of("scenario", setting.scenario(), "profile", setting.profile(), "provider", setting.provider());
        for (var verdict : Verdict.values()) {
            gauge(
                    "chaos.scenario.verdict",
                    "1 for what the scenario ended with",
                    scenario.and("verdict", verdict.toString()),
                    series.verdict() == verdict ? 1 : 0);
        }
        gauge(
                "chaos.scenario.as.expected",
                "1 when it ended as it was expected to",
                scenario,
                series.asExpected() ? 1 : 0);
        series.counted().forEach(history -> trial(history, scenario));
    }

    private void trial(History history, Tags scenario) {
        var trial = scenario.and(
                "trial", String.valueOf(history.began().setting().trial().number()));
        history.all(Finding.class)
                .filter(finding -> finding.limit().isPresent())
                .forEach(finding -> {
                    var promise = trial.and("promise", finding.promise());
                    finding.measured()
                            .ifPresent(time -> gauge(
                                    "chaos.measured.seconds",
                                    "What was measured of a promise",
                                    promise,
                                    seconds(time)));
                    gauge(
                            "chaos.promised.seconds",
                            "What was promised",
                            promise,
                            seconds(finding.limit().orElseThrow()));
                });
        for (var outcome : Op.Outcome.values()) {
            gauge(
                    "chaos.requests",
                    "Requests of all clients",
                    trial.and("outcome", outcome.name().toLowerCase(Locale.ROOT)),
                    (double) history.all(Op.class)
                            .filter(op -> op.outcome() == outcome)
                            .count());
        }
    }

    private void gauge(String name, String description, Tags tags, double value) {
        Gauge.builder(name, () -> value).description(description).tags(tags).register(registry);
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
