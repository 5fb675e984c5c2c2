package aeterna.chaos.report;

import aeterna.chaos.attribution.Attribution;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Series;
import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The part of a page that says where the time of a recovery went, and what it was like in other trials. */
final class Recovery {
    private static final int WIDTH = 640;
    private static final int MARGIN = 10;

    private final Html page;

    Recovery(Html page) {
        this.page = page;
    }

    /** The stages of the longest outage. */
    void stages(History history) {
        Attribution.of(history).ifPresent(split -> {
            page.raw("<h3>Where the time went</h3>\n<div class=\"wide\"><table class=\"stages\"><thead>");
            page.row("th", List.of("Stage", "Took", "Ended when", "Timers of ours in it"))
                    .raw("</thead><tbody>\n");
            for (var share : split.shares()) {
                page.raw("<tr>").element("th", "scope=\"row\"", share.name());
                page.element("td", "class=\"n\"", Words.of(share.took()))
                        .element("td", "", Html.shorten(share.end(), 160));
                page.element("td", "", share.timers().isEmpty() ? "–" : share.timers())
                        .raw("</tr>\n");
            }
            page.raw("</tbody></table></div>\n");
        });
    }

    /** Every trial's times, if there were several. */
    void trials(Series series) {
        series.measured()
                .forEach((promise, times) -> Spread.of(times).ifPresent(spread -> {
                    page.element("h3", "", promise + ", over " + spread.trials() + " trials")
                            .raw("\n");
                    page.element(
                            "p",
                            "",
                            "Median " + spread.median() + ", nine of ten within " + spread.p90()
                                    + "; in brackets the bounds with 90 % confidence.");
                    strip(times, limit(series, promise));
                }));
    }

    private static Optional<Duration> limit(Series series, String promise) {
        return series.decisive()
                .all(Finding.class)
                .filter(finding -> finding.promise().equals(promise))
                .flatMap(finding -> finding.limit().stream())
                .findFirst();
    }

    /** One dot a trial, on a line from zero to a little beyond the limit or the slowest one. */
    private void strip(List<Duration> times, Optional<Duration> limit) {
        var slowest = times.stream().max(Duration::compareTo).orElseThrow();
        var end = limit.filter(promised -> promised.compareTo(slowest) > 0)
                                .orElse(slowest)
                                .toMillis()
                        * 1.05
                + 1;
        page.raw(String.format(
                Locale.ROOT,
                "<svg class=\"strip\" role=\"img\" aria-label=\"One dot for each trial\" viewBox=\"0 0 %d 46\" width=\"%d\" height=\"46\">"
                        + "<line x1=\"%d\" y1=\"22\" x2=\"%d\" y2=\"22\" stroke=\"currentColor\" stroke-opacity=\"0.35\"/>",
                WIDTH,
                WIDTH,
                MARGIN,
                WIDTH - MARGIN));
        limit.ifPresent(promised -> page.raw(String.format(
                Locale.ROOT,
                "<line x1=\"%1$.1f\" y1=\"6\" x2=\"%1$.1f\" y2=\"38\" stroke=\"currentColor\" stroke-dasharray=\"3 3\"/>",
                x(promised, end))));
        for (var time : times) {
            page.raw(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%.1f\" cy=\"22\" r=\"5\" fill=\"currentColor\" fill-opacity=\"0.45\"/>",
                    x(time, end)));
        }
        page.raw("<text x=\"" + MARGIN + "\" y=\"44\" font-size=\"11\" fill=\"currentColor\">0 s</text>");
        page.raw(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"44\" font-size=\"11\" text-anchor=\"end\" fill=\"currentColor\">",
                WIDTH - MARGIN));
        page.text(limit.map(promised -> "dashed: promised " + Words.of(promised))
                        .orElse(Words.of(slowest)))
                .raw("</text></svg>\n");
    }

    private static double x(Duration time, double end) {
        return MARGIN + (WIDTH - 2 * MARGIN) * time.toMillis() / end;
    }
}
