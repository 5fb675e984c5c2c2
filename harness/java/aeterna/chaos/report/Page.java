package aeterna.chaos.report;

import aeterna.chaos.model.Client;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Ledger;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Series;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.model.Words;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A run as one page that needs nothing beside itself. Every fact is in its text; the script only draws the timelines, and
 * the page's own policy lets no other script run, whatever a log line brings along.
 */
final class Page {
    private static final DateTimeFormatter WALL_TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    /** All timelines of a page together: about 12 bytes each. */
    private static final int SLOTS = 80_000;

    private static final Map<Verdict, String> SIGNS = Map.of(Verdict.HELD, "✓", Verdict.BROKEN, "✗", Verdict.VOID, "∅");

    private static final int HEADLINES = 4;
    private static final int HEADLINE = 160;
    private static final int KEYS = 500;
    private static final int ROWS = 300;
    private static final int WORDS = 400;

    private final Report report;
    private final ChartLibrary charts = ChartLibrary.load();
    private final Html page = new Html();
    private final Recovery recovery = new Recovery(page);

    Page(Report report) {
        this.report = report;
    }

    String html() throws IOException {
        var library = inert(charts.script());
        var script = inert(ChartLibrary.resource("page.js"));
        var histories = report.histories();
        page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                + "style-src 'unsafe-inline'; img-src data:; script-src " + hash(library) + " " + hash(script)
                + "\">\n");
        page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
        page.element("title", "", overall() + " · " + report.folder().name()).raw("\n<style>\n");
        page.raw(charts.style()).raw("\n").raw(ChartLibrary.resource("page.css"));
        page.raw("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">To the scenarios</a>\n");
        header();
        page.raw("<main id=\"main\">\n");
        damage();
        if (histories.size() > 1) {
            overview();
        }
        var clients =
                histories.stream().mapToInt(history -> history.clients().size()).sum();
        for (var i = 0; i < histories.size(); i++) {
            var history = histories.get(i);
            var share =
                    clients == 0 ? 0 : (int) ((long) SLOTS * history.clients().size() / clients);
            scenario(history, i + 1, share);
        }
        page.raw("</main>\n<footer>").text("Computed from ").raw("<a href=\"history.jsonl\">history.jsonl</a>");
        page.text(" alone; ")
                .raw("<code>./chaos report ")
                .text(report.folder().name())
                .raw("</code>");
        page.text(" makes this page again. For machines: ").raw("<a href=\"summary.json\">summary.json</a>, ");
        page.raw("<a href=\"junit.xml\">junit.xml</a>, allure-results/. Charts: uPlot ")
                .text(charts.version());
        page.text(" (MIT licence).").raw("</footer>\n");
        page.raw("<!--\n").raw(charts.license().replace("--", "- -")).raw("\n-->\n");
        page.raw("<script>").raw(library).raw("</script>\n<script>").raw(script).raw("</script>\n</body>\n</html>\n");
        return page.toString();
    }

    /** The end of a script element cannot be written inside of one. */
    private static String inert(String script) {
        return script.replace("</script", "<\\/script").replace("<!--", "<\\!--");
    }

    private static String hash(String script) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static boolean asExpected(History history) {
        return history.began().setting().expected().metBy(history.judged().verdict());
    }

    /** Such as {@code As expected: 2 HELD, 1 BROKEN}. */
    private String overall() {
        var scenarios = report.series();
        var unexpected =
                scenarios.stream().filter(series -> !series.asExpected()).toList();
        return unexpected.isEmpty()
                ? "As expected: " + verdicts(scenarios)
                : unexpected.size() + " of " + scenarios.size() + " not as expected: " + verdicts(unexpected);
    }

    private static String verdicts(List<Series> scenarios) {
        return scenarios.stream()
                .collect(Collectors.groupingBy(Series::verdict, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(count -> count.getValue() + " " + count.getKey())
                .collect(Collectors.joining(", "));
    }

    private void header() {
        var histories = report.histories();
        var began = histories.get(0).began();
        var setting = began.setting();
        var good = report.series().stream().allMatch(Series::asExpected)
                && report.damage().isEmpty();
        page.raw("<header>\n<p class=\"kicker\">Aeterna chaos · run ")
                .text(setting.run())
                .raw("</p>\n");
        page.element("h1", "class=\"" + (good ? "good" : "bad") + "\"", overall())
                .raw("\n");
        page.raw("<dl class=\"facts\">");
        fact("Began", WALL_TIME.format(began.wallTime()));
        fact("Seed", String.valueOf(setting.seed()));
        fact("Provider", setting.provider());
        fact("Topology", setting.topology());
        fact("Profile", setting.profile());
        page.raw("</dl>\n<p class=\"flavours\">");
        var flavours = Summary.of(histories).flavours();
        var standIns = components(flavours, "offline");
        var real = components(flavours, "real");
        if (!standIns.isEmpty()) {
            page.raw("<strong>Stand-ins</strong> (built from package registries): ")
                    .text(standIns)
                    .raw(". ");
        }
        if (!real.isEmpty()) {
            page.raw("<strong>Upstream images</strong>: ").text(real).raw(". ");
        }
        page.raw("</p>\n</header>\n");
    }

    private void fact(String term, String description) {
        page.raw("<div>").entry(term, description).raw("</div>");
    }

    private static String components(Map<String, String> flavours, String flavour) {
        return flavours.entrySet().stream()
                .filter(component -> component.getValue().equals(flavour))
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
    }

    private void damage() {
        if (report.damage().isEmpty()) {
            return;
        }
        page.raw("<section class=\"damage\" role=\"alert\"><h2>A part of this run's history cannot be read</h2><ul>\n");
        report.damage()
                .forEach(problem -> page.element("li", "", problem.getMessage() + ". " + problem.remedy())
                        .raw("\n"));
        page.raw("</ul></section>\n");
    }

    private void overview() {
        page.raw("<nav aria-label=\"Scenarios\"><div class=\"wide\"><table class=\"overview\"><thead>");
        page.row("th", List.of("Verdict", "Expected", "Scenario", "Trials", "Because"))
                .raw("</thead><tbody>\n");
        for (var series : report.series()) {
            var history = series.decisive();
            page.raw("<tr><td>");
            badge(history.judged().verdict());
            page.raw("</td><td>");
            page.text(series.expected().word().toString());
            page.raw(series.asExpected() ? "" : " <strong class=\"deviation\">unexpected</strong>");
            page.raw("</td><td><a href=\"#s" + number(history) + "\">");
            breakable(series.scenario());
            page.raw("</a></td><td>");
            series.histories().forEach(this::sign);
            page.raw("</td><td>").text(headline(history));
            series.histories().stream().filter(series::repeated).forEach(this::repeated);
            page.raw("</td></tr>\n");
        }
        page.raw("</tbody></table></div></nav>\n");
    }

    /** Where on the page it stands; 1 is the first. */
    private int number(History history) {
        return report.histories().indexOf(history) + 1;
    }

    /** One trial in the matrix; leads to it where it is told of. */
    private void sign(History history) {
        var verdict = history.judged().verdict();
        var title = history.began().setting().trial() + " " + verdict;
        page.raw("<a class=\"sign " + verdict.name().toLowerCase(Locale.ROOT) + "\" href=\"#s" + number(history)
                + "\" title=\"" + title.strip() + "\">" + SIGNS.get(verdict) + "</a> ");
    }

    private void repeated(History history) {
        page.raw(" <span class=\"repeated\">");
        page.text("Attempt " + history.began().setting().trial().attempt() + " was VOID and was repeated: ");
        page.raw("<a href=\"#s" + number(history) + "\">");
        page.text(Html.shorten(history.judged().because(), HEADLINE)).raw("</a></span>");
    }

    /** Long names may be broken after the class. */
    private void breakable(String scenario) {
        var dot = scenario.indexOf('.') + 1;
        page.text(scenario.substring(0, dot)).raw("<wbr>").text(scenario.substring(dot));
    }

    private void badge(Verdict verdict) {
        page.raw("<span class=\"badge " + verdict.name().toLowerCase(Locale.ROOT) + "\"><span aria-hidden=\"true\">"
                + SIGNS.get(verdict) + "</span> " + verdict + "</span>");
    }

    /** The verdict's reason in sentences: what was broken, and of kept promises how well the first was kept. */
    private static String headline(History history) {
        var judged = history.judged();
        var telling = history.all(Finding.class)
                .filter(finding -> finding.verdict() == judged.verdict())
                .filter(finding -> finding.verdict() == Verdict.BROKEN
                        || finding.measured().isPresent())
                .map(Finding::because)
                .limit(judged.verdict() == Verdict.HELD ? 1 : HEADLINES)
                .toList();
        return (judged.verdict() == Verdict.VOID || telling.isEmpty() ? List.of(judged.because()) : telling)
                .stream()
                        .map(because -> sentence(Html.shorten(because, HEADLINE)))
                        .collect(Collectors.joining(" "));
    }

    private static String sentence(String words) {
        return words.isEmpty() ? "" : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1) + ".";
    }

    private void scenario(History history, int number, int slots) throws IOException {
        var began = history.began();
        var setting = began.setting();
        page.raw("<article id=\"s" + number + "\" aria-labelledby=\"h" + number + "\">\n<div class=\"title\">");
        badge(history.judged().verdict());
        page.element("h2", "id=\"h" + number + "\"", began.experiment()).raw("</div>\n<p class=\"name\"><code>");
        breakable(setting.scenario());
        page.raw("</code> ").text(setting.trial().toString());
        page.raw("</p>\n").element("p", "class=\"because\"", headline(history)).raw("\n<p class=\"expected\">");
        page.text("Expected " + setting.expected() + (asExpected(history) ? ", and so it is." : "; "))
                .raw("");
        page.raw(asExpected(history) ? "" : "<strong class=\"deviation\">this is not what was expected.</strong>");
        page.raw("</p>\n");
        for (var source : setting.sources()) {
            page.element("p", "class=\"source\"", "The page, " + source).raw("\n");
        }
        promises(history);
        facts(history);
        recovery.stages(history);
        report.series().stream()
                .filter(series -> series.decisive().equals(history))
                .forEach(recovery::trials);
        timeline(history, number, slots);
        ledger(history);
        clients(history);
        happenings(history);
        phases(history);
        evidence(history);
        page.raw("<p class=\"again\">Run it again: <code>./chaos run ");
        var scenario = setting.scenario();
        page.text((scenario.endsWith("]") ? "'" + scenario + "'" : scenario) + " --seed " + setting.seed());
        page.raw("</code></p>\n</article>\n");
    }

    private void promises(History history) {
        page.raw("<div class=\"wide\"><table class=\"promises\"><thead>");
        page.raw(
                "<tr><th scope=\"col\">Promise</th><th scope=\"col\">Verdict</th><th scope=\"col\" class=\"n\">Promised</th>"
                        + "<th scope=\"col\" class=\"n\">Measured</th><th scope=\"col\" class=\"n\">±</th>"
                        + "<th scope=\"col\">Because</th></tr></thead><tbody>\n");
        var findings = history.all(Finding.class).toList();
        for (var finding : findings) {
            promise(
                    finding.promise(),
                    finding.verdict(),
                    finding.limit().map(Words::of).orElse("–"),
                    finding.measured().map(Words::of).orElse("–"),
                    finding.measured().map(any -> Words.of(finding.error())).orElse("–"),
                    finding.because());
        }
        if (findings.isEmpty()) {
            history.began().promises().forEach(words -> promise(words, Verdict.VOID, "–", "–", "–", "never judged"));
        }
        page.raw("</tbody></table></div>\n");
    }

    private void promise(String promise, Verdict verdict, String limit, String measured, String error, String because) {
        page.raw("<tr>").element("th", "scope=\"row\"", promise).raw("<td>");
        badge(verdict);
        page.raw("</td>").element("td", "class=\"n\"", limit).element("td", "class=\"n\"", measured);
        page.element("td", "class=\"n\"", error)
                .element("td", "", Html.shorten(because, WORDS))
                .raw("</tr>\n");
    }

    private void facts(History history) {
        var began = history.began();
        page.raw("<dl class=\"story\">\n").entry("Fault", began.fault() + " (" + began.hold() + ")");
        page.entry(
                "Hit",
                history.first(Entry.Injecting.class)
                        .map(act -> words(act.planned().hit()))
                        .orElse("nobody: it never came to the act"));
        page.entry("Act", act(history));
        page.entry("Witness", witness(history));
        page.entry("Floor", floor(history)).raw("</dl>\n");
    }

    /** How long the act and the way back took: an act of seconds is no failure of one moment. */
    private static String act(History history) {
        var done = history.first(Entry.InjectionDone.class);
        if (done.isEmpty()) {
            return "was never done to the end";
        }
        var took = "took "
                + Words.of(
                        Duration.ofNanos(done.get().at() - history.injectedAt().orElseThrow()));
        var healed = history.healedAt();
        var healing = history.began(Phase.HEAL);
        return healed.isEmpty() || healing.isEmpty()
                ? took
                : took + ", the way back " + Words.of(Duration.ofNanos(healed.getAsLong() - healing.getAsLong()));
    }

    private static String words(Hit hit) {
        var parts = new ArrayList<String>();
        add(parts, "pod", hit.pods());
        add(parts, "node", hit.nodes());
        add(parts, "zone", hit.zones());
        return parts.isEmpty() ? "nobody" : String.join("; ", parts);
    }

    private static void add(List<String> parts, String what, Collection<String> names) {
        if (!names.isEmpty()) {
            parts.add(what + (names.size() > 1 ? "s " : " ") + String.join(", ", names));
        }
    }

    private static String witness(History history) {
        var from = history.injectedAt().orElse(Long.MAX_VALUE);
        var sightings = history.all(Entry.Sighted.class).toList();
        return sightings.stream()
                .filter(sighted -> sighted.at() >= from && sighted.sighting().seen() == Sighting.Seen.LANDED)
                .findFirst()
                .map(landed -> landed.sighting() + ", seen " + after(landed.at() - from) + " the act")
                .or(() -> sightings.stream()
                        .reduce((earlier, later) -> later)
                        .map(last -> last.sighting().toString()))
                .orElse("was never asked");
    }

    private static String after(long nanos) {
        return Words.of(Duration.ofNanos(nanos)) + " after";
    }

    private static String floor(History history) {
        var floor = history.first(Entry.FloorComputed.class).map(Entry.FloorComputed::floor);
        if (floor.isEmpty()) {
            return "not known";
        }
        var parts = floor.get().parts().stream()
                .map(part -> part.name() + " " + Words.of(part.duration()))
                .collect(Collectors.joining(" + "));
        return Words.of(floor.get().total()) + " is the fastest recovery that the live timers allow"
                + (parts.isEmpty() ? "; none stands in its way" : ": " + parts);
    }

    private void timeline(History history, int number, int slots) {
        page.raw("<h3>Timeline</h3>\n");
        var timeline = Timeline.of(history, slots);
        if (timeline.isEmpty()) {
            page.element("p", "class=\"quiet\"", "No client ever began: there is nothing to draw.")
                    .raw("\n");
            return;
        }
        page.element(
                "p",
                "class=\"quiet\"",
                "Seconds from " + (timeline.get().act() ? "the act" : "the run's beginning")
                        + ". A bar reaches from the last OK answer before an outage to the first one of the service that"
                        + " came to stay. Requests stand where they were due. Drag to zoom in; double click for all.");
        page.raw(
                "<figure class=\"timeline\" aria-label=\"Timeline; the tables below say the same in words\" data-timeline=\"t"
                        + number + "\"></figure>\n");
        page.raw("<script type=\"application/json\" id=\"t" + number + "\">")
                .raw(timeline.get().json())
                .raw(
                        "</script>\n<noscript><p>The timeline is drawn by a script; the tables say the same.</p></noscript>\n");
    }

    private void ledger(History history) {
        var ledger = Ledger.of(history);
        if (ledger.acknowledged().isEmpty() && ledger.unknown().isEmpty()) {
            return;
        }
        page.raw("<h3>Ledger</h3>\n<div class=\"wide\"><table class=\"ledger\"><thead>");
        page.row("th", List.of("Acknowledged", "Unknown", "Lost", "Duplicated", "Stale", "Resurrected"));
        page.raw("</thead><tbody><tr>");
        count(ledger.acknowledged(), true, false);
        count(ledger.unknown(), true, false);
        var known = ledger.complete();
        count(ledger.lost(), known || !ledger.lost().isEmpty(), true);
        count(ledger.duplicated(), known, true);
        count(ledger.stale(), known, false);
        count(ledger.resurrected(), known, true);
        page.raw("</tr></tbody></table></div>\n");
        if (!known) {
            page.element(
                            "p",
                            "class=\"quiet\"",
                            "Never read back: the writes of " + String.join(", ", ledger.unread()) + ".")
                    .raw("\n");
        }
        keys("lost", "acknowledged, and not there", ledger.lost(), true);
        keys("duplicated", "there more than once", ledger.duplicated(), true);
        keys("resurrected", "refused, and there nevertheless", ledger.resurrected(), true);
        keys("stale", "missing on an instance that lags", ledger.stale(), false);
    }

    private void count(Collection<String> keys, boolean known, boolean bad) {
        var alarm = bad && !keys.isEmpty() ? " alarm" : "";
        page.element("td", "class=\"n" + alarm + "\"", known ? String.valueOf(keys.size()) : "?");
    }

    private void keys(String name, String meaning, Collection<String> keys, boolean open) {
        if (keys.isEmpty()) {
            return;
        }
        page.raw("<details" + (open ? " open" : "") + "><summary>");
        page.text(keys.size() + " " + name + ": " + meaning).raw("</summary><p class=\"keys\">");
        keys.stream()
                .limit(KEYS)
                .forEach(key -> page.element("code", "", Html.shorten(key, 100)).raw(" "));
        if (keys.size() > KEYS) {
            page.text("and " + (keys.size() - KEYS) + " more");
        }
        page.raw("</p></details>\n");
    }

    private void clients(History history) {
        if (history.clients().isEmpty()) {
            return;
        }
        page.raw("<h3>Clients</h3>\n<div class=\"wide\"><table class=\"clients\"><thead><tr>");
        page.element("th", "scope=\"col\"", "Client").element("th", "scope=\"col\" class=\"n\"", "Longest outage");
        for (var column : List.of("OK", "FAIL", "UNKNOWN", "SHED", "median ms", "p99 ms")) {
            page.element("th", "scope=\"col\" class=\"n\"", column);
        }
        page.element("th", "scope=\"col\"", "What went wrong most often").raw("</tr></thead><tbody>\n");
        for (var client : history.clients()) {
            client(history, client);
        }
        page.raw("</tbody></table></div>\n");
    }

    private void client(History history, Client client) {
        var ops = history.ops(client);
        var outcomes = ops.stream().collect(Collectors.groupingBy(Op::outcome, Collectors.counting()));
        var latencies = ops.stream()
                .filter(Op::ok)
                .mapToLong(op -> Math.max(0, op.ended() - op.scheduled()))
                .sorted()
                .toArray();
        page.raw("<tr><th scope=\"row\">").text(client.name()).raw("<br><small>");
        page.text("every " + Words.of(client.spacing()) + ", deadline " + Words.of(client.deadline()));
        page.raw("</small></th>");
        page.element("td", "class=\"n\"", outage(history, client));
        for (var outcome : Op.Outcome.values()) {
            var count = outcomes.getOrDefault(outcome, 0L);
            page.element("td", "class=\"n\"", count == 0 ? "–" : String.valueOf(count));
        }
        page.element("td", "class=\"n\"", millis(latencies, 50)).element("td", "class=\"n\"", millis(latencies, 99));
        page.element("td", "", mostFrequent(ops)).raw("</tr>\n");
    }

    private static String outage(History history, Client client) {
        if (!client.outside()) {
            var unanswered = history.ops(client).stream().filter(op -> !op.ok()).count();
            return "in " + client.vantage() + ", not judged; unanswered for about "
                    + Words.of(client.spacing().multipliedBy(unanswered));
        }
        var told = history.all(Finding.class)
                .flatMap(finding -> finding.outages().stream())
                .filter(outage -> outage.client().equals(client.name()))
                .max(Comparator.comparing(outage -> outage.measured()));
        return told.map(Timeline::words).orElse("none");
    }

    private static String millis(long[] sorted, int percent) {
        if (sorted.length == 0) {
            return "–";
        }
        var index = Math.max(0, (int) Math.ceil(sorted.length * percent / 100.0) - 1);
        return BigDecimal.valueOf(sorted[index], 6)
                .setScale(1, RoundingMode.HALF_UP)
                .toPlainString();
    }

    private static String mostFrequent(List<Op> ops) {
        var errors = ops.stream()
                .filter(op -> !op.ok() && !op.error().isEmpty())
                .collect(Collectors.groupingBy(Op::error, TreeMap::new, Collectors.counting()));
        return errors.entrySet().stream()
                .max(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(most -> most.getValue() + " × " + Html.shorten(most.getKey(), 200))
                .orElse("–");
    }

    private void happenings(History history) {
        var zero = Timeline.zero(history);
        var happenings = Happening.of(history);
        page.raw("<details><summary>")
                .text(happenings.size() + " changes: pods, roles, events, the runner's own steps");
        page.raw("</summary><div class=\"wide\"><table class=\"happenings\"><thead>");
        page.row("th", List.of("Seconds", "Source", "About", "What")).raw("</thead><tbody>\n");
        happenings.stream().limit(ROWS).forEach(happening -> {
            page.raw("<tr>").element("td", "class=\"n\"", relative(happening.at() - zero));
            page.element("td", "", happening.source()).element("td", "", Html.shorten(happening.subject(), 150));
            page.element("td", "", Html.shorten(happening.what(), WORDS)).raw("</tr>\n");
        });
        page.raw("</tbody></table></div>");
        if (happenings.size() > ROWS) {
            page.element("p", "", (happenings.size() - ROWS) + " more are in history.jsonl.");
        }
        page.raw("</details>\n");
    }

    private void phases(History history) {
        var last = history.all(Entry.Timed.class).mapToLong(Entry::at).max().orElseThrow();
        page.raw("<details><summary>").text("The run's steps and how long each took");
        page.raw("</summary><div class=\"wide\"><table class=\"phases\"><thead>");
        page.row("th", List.of("Step", "From", "Took")).raw("</thead><tbody>\n");
        for (var phase : Timeline.phases(history, Timeline.zero(history), last)) {
            page.raw("<tr>").element("td", "", phase.text());
            page.element("td", "class=\"n\"", signed(BigDecimal.valueOf(phase.from())));
            var took = BigDecimal.valueOf(phase.to()).subtract(BigDecimal.valueOf(phase.from()));
            page.element("td", "class=\"n\"", took.setScale(2, RoundingMode.HALF_UP) + " s")
                    .raw("</tr>\n");
        }
        page.raw("</tbody></table></div></details>\n");
    }

    private static String relative(long nanos) {
        return signed(BigDecimal.valueOf(nanos, 9));
    }

    private static String signed(BigDecimal seconds) {
        var rounded = seconds.setScale(2, RoundingMode.HALF_UP);
        return (rounded.signum() < 0 ? "−" : "+") + rounded.abs().toPlainString();
    }

    private void evidence(History history) throws IOException {
        var files = report.evidence(history);
        page.raw("<h3>Evidence</h3>\n");
        if (files.isEmpty()) {
            page.raw("<p class=\"quiet\">No files were kept.</p>\n");
            return;
        }
        var below = report.folder().evidence(history.began().setting());
        page.raw("<ul class=\"evidence\">");
        for (var file : files) {
            var words = below.relativize(file).toString().replace('\\', '/');
            page.raw("<li>")
                    .link(report.folder().path().relativize(file), words)
                    .raw("</li>\n");
        }
        page.raw("</ul>\n");
    }
}
