package aeterna.chaos.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Trial;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    private static final int PAGE_LIMIT = 3_000_000;

    @TempDir
    private static Path written;

    @TempDir
    private Path temp;

    private Reports reports;
    private RunFolder run;

    @BeforeAll
    static void writeRun() throws IOException {
        SampleRun.write(new Reports(written));
    }

    @BeforeEach
    void copyRun() throws IOException {
        reports = new Reports(temp.resolve("reports"));
        run = reports.begin(SampleRun.RUN);
        var original = written.resolve(SampleRun.RUN);
        try (var files = Files.walk(original)) {
            for (var file : files.toList()) {
                var copy = run.path().resolve(original.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    @Test
    void thePageTellsTheFacts() throws IOException {
        Report.read(run).write();
        var page = Files.readString(run.page());
        assertThat(page)
                .contains("2 of 3 not as expected: 1 BROKEN, 1 VOID")
                .contains("writes resume after the primary dies")
                .contains("Api read reused was served again after 47.3 s (±")
                .contains("14 lost: acknowledged, and not there")
                .contains("<code>w0-10000</code>")
                .contains("uid of aeterna/aeterna-postgres-1 changed")
                .contains("took 0.14 s, the way back ")
                .contains("patroni loop_wait 1 s + promotion 0.8 s")
                .contains("pods aeterna/aeterna-postgres-1, aeterna/api-7d9-x2; nodes node-1, node-2; zone zone-a")
                .contains(
                        "./chaos run PostgresPrimaryLossScenario.aStandbyTakesOverAndKeepsEveryAcknowledgedWrite --seed 42")
                .contains("The page, 3.3 Failover Behavior: A standby is promoted by itself within 30 s.")
                .contains("(built from package registries): api, pooler, postgres")
                .contains("logs%20of%20pods/aeterna-postgres-1.log")
                .contains("aeterna-postgres-2: acknowledges writes, on timeline 2")
                .contains("aeterna-postgres: leader is now aeterna-postgres-2, timeline 2");
        assertThat(page.length()).isLessThan(PAGE_LIMIT);
    }

    @Test
    void thePageNeedsNothingBesideItselfAndRunsNoForeignScript() throws IOException {
        Report.read(run).write();
        var page = Files.readString(run.page());
        assertThat(page)
                .doesNotContain("<script>alert")
                .doesNotContain("<img")
                .doesNotContain("\u001b")
                .doesNotContainPattern("(?i)<(link|iframe|object)\\b")
                .doesNotContainPattern("\\b(src|href)=\"(https?:)?//")
                .contains("default-src 'none'")
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;");
        // Two scripts that run, each named by the page's own policy, and one block of data per timeline.
        assertThat(page.split("<script>", -1)).hasSize(3);
        assertThat(page.split("'sha256-", -1)).hasSize(3);
        assertThat(page.split("<script type=\"application/json\"", -1)).hasSize(4);
    }

    @Test
    void theTimelineKeepsTheExactEdgesOfOutages() {
        var timeline = Timeline.of(SampleRun.broken(), 10_000).orElseThrow();
        assertThat(timeline.lanes()).hasSize(6);
        var dark = timeline.lanes().get(5).outages().get(0);
        var seconds = SampleRun.DARK.toMillis() / 1000.0;
        assertThat(dark.limit()).isEqualTo(30.0);
        assertThat(dark.from()).isBetween(-0.05, 0.0);
        assertThat(dark.to()).isBetween(seconds, seconds + 0.1);
        assertThat(timeline.fault().from()).isZero();
        assertThat(timeline.fault().to()).isEqualTo(75.0);
        assertThat(timeline.lanes()).allSatisfy(lane -> {
            assertThat(lane.ok()).hasSizeLessThan(1_300);
            var bad = lane.bad().stream()
                    .flatMapToInt(slot -> IntStream.of(
                            slot.get(1).intValue(),
                            slot.get(2).intValue(),
                            slot.get(3).intValue()))
                    .sum();
            var ok = lane.ok().stream().mapToInt(count -> count).sum();
            assertThat(ok + bad).as(lane.name()).isEqualTo(5_700);
        });
    }

    @Test
    void aManyHoursRunFitsThePage() {
        var few = Timeline.of(SampleRun.broken(), 10);
        assertThat(few.orElseThrow().json().length()).isLessThan(60_000);
    }

    @Test
    void writingAgainGivesTheSameBytes() throws IOException {
        Report.read(run).write();
        var first = contents();
        Report.read(run).write();
        assertThat(contents()).isEqualTo(first).hasSizeGreaterThan(12);
    }

    @Test
    void junitCallsBrokenAFailureAndVoidAnErrorAndSkipsNothing() throws Exception {
        Report.read(run).write();
        var suite = xml(run.junit()).getDocumentElement();
        assertThat(suite.getAttribute("tests")).isEqualTo("3");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getAttribute("errors")).isEqualTo("1");
        assertThat(suite.getAttribute("skipped")).isEqualTo("0");
        var cases = suite.getElementsByTagName("testcase");
        assertThat(cases.getLength()).isEqualTo(3);
        assertThat(((Element) cases.item(0)).getAttribute("classname")).isEqualTo("PostgresPrimaryLossScenario");
        assertThat(((Element) cases.item(0)).getElementsByTagName("failure").getLength())
                .isZero();
        assertThat(((Element) cases.item(1)).getElementsByTagName("failure").getLength())
                .isOne();
        assertThat(((Element) cases.item(2)).getElementsByTagName("error").getLength())
                .isOne();
        assertThat(suite.getElementsByTagName("skipped").getLength()).isZero();
    }

    @Test
    void allureCallsBrokenFailedAndVoidBroken() throws IOException {
        Report.read(run).write();
        var statuses = new TreeMap<String, JsonNode>();
        try (var files = Files.list(run.allure())) {
            for (var file : files.filter(path -> path.toString().endsWith("-result.json"))
                    .toList()) {
                var result = JsonMapper.builder().build().readTree(Files.readAllBytes(file));
                statuses.put(result.get("status").asString(), result);
            }
        }
        assertThat(statuses.keySet()).containsExactly("broken", "failed", "passed");
        var held = statuses.get("passed");
        assertThat(held.get("steps").size()).isEqualTo(13 - 2 + 2);
        assertThat(held.get("attachments").size()).isEqualTo(4);
        for (var attachment : held.get("attachments")) {
            assertThat(run.allure().resolve(attachment.get("source").asString()))
                    .isNotEmptyFile();
        }
    }

    @Test
    void theTableFitsTheConsole() {
        var table = VerdictTable.of(Report.read(run).histories());
        assertThat(table.lines()).allMatch(line -> line.length() <= 120);
        assertThat(table)
                .containsPattern("PostgresPrimaryLossScenario +HELD +HELD +3.[12]\\d? s \\(30 s\\)")
                .containsPattern("ZoneLossScenario +BROKEN +HELD +47.3 s \\(30 s\\)")
                .contains("<- UNEXPECTED")
                .containsPattern(
                        "\n3 scenarios in \\S+ s; beyond hold, recovery and linger \\S+ s, at most \\S+ s in one\n")
                .doesNotContain("\u001b");
    }

    @Test
    void aDamagedHistoryIsToldOfAndTheOthersAreReported() throws Exception {
        var lines = Files.readAllLines(run.history());
        var begin = IntStream.range(0, lines.size())
                .filter(line -> lines.get(line).contains("\"Began\""))
                .toArray();
        lines.set(begin[1] + 500, "{\"type\":\"Op\",\"client\":");
        Files.write(run.history(), lines);

        var report = Report.read(run);
        report.write();
        assertThat(report.histories()).hasSize(3);
        assertThat(report.histories().get(0).judged().verdict()).hasToString("HELD");
        assertThat(report.histories().get(1).judged().verdict()).hasToString("VOID");
        var line = "history.jsonl:" + (begin[1] + 501);
        assertThat(report.histories().get(1).judged().because())
                .startsWith("its history is damaged: ")
                .contains(line);
        assertThat(Files.readString(run.page())).contains(line).contains("cannot be read");
        assertThat(xml(run.junit()).getDocumentElement().getAttribute("errors")).isEqualTo("3");
    }

    @Test
    void aDamagedBeginningCostsThatScenarioAlone() throws IOException {
        var lines = Files.readAllLines(run.history());
        lines.set(0, "\u0000\u0000");
        Files.write(run.history(), lines);
        var report = Report.read(run);
        report.write();
        assertThat(report.histories()).hasSize(2);
        assertThat(report.damage()).hasSize(1);
        assertThat(report.damage().get(0)).hasMessageContaining("history.jsonl:1:");
    }

    @Test
    void aTornHistoryIsVoidWhereverItWasTorn() throws IOException {
        var bytes = Files.readAllBytes(run.history());
        for (var end : new int[] {bytes.length - 1, bytes.length - 500, bytes.length / 2, 900}) {
            Files.write(run.history(), Arrays.copyOf(bytes, end));
            var report = Report.read(run);
            report.write();
            var last = report.histories().get(report.histories().size() - 1).judged();
            assertThat(last.verdict()).hasToString("VOID");
            assertThat(last.because()).startsWith("the history ends before it was judged, in the step: ");
            assertThat(Files.readString(run.page())).contains("The history ends before it was judged, in the step: ");
        }
    }

    @Test
    void aRunWithoutAnyHistoryIsAProblem() throws IOException {
        Files.writeString(run.history(), "");
        assertThatThrownBy(() -> Report.read(run))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("holds no scenario");
        Files.delete(run.history());
        assertThatThrownBy(() -> Report.read(run)).isInstanceOf(Problem.class).hasMessageContaining("cannot read");
    }

    @Test
    void runsAreFoundByNameAndTheLastOneByItsLink() throws IOException {
        assertThat(reports.latest()).isEqualTo(run);
        var later = reports.begin("2026-11-25T08-00-00");
        Files.createDirectories(later.path());
        Files.copy(run.history(), later.history());
        assertThat(reports.runs()).containsExactly(later.name(), run.name());
        reports.markLatest(run);
        assertThat(reports.find("latest")).isEqualTo(run);
        reports.markLatest(later);
        assertThat(reports.find("latest")).isEqualTo(later);
        assertThat(reports.path().resolve("latest").resolve("history.jsonl")).exists();
        assertThatThrownBy(() -> reports.find("2026-11-24T16-20-01"))
                .isInstanceOf(Problem.class)
                .extracting(thrown -> ((Problem) thrown).remedy())
                .asString()
                .contains("Did you mean " + run.name());
        Files.delete(reports.path().resolve("latest"));
        Files.writeString(reports.path().resolve("latest"), run.name() + "\n");
        assertThat(reports.latest()).isEqualTo(run);
    }

    @Test
    void aVoidThatWasRepeatedCountsNowhereAndIsSeenEverywhere() throws Exception {
        var setting = SampleRun.held().began().setting();
        SampleRun.write(
                reports,
                List.of(
                        SampleRun.as(setting, SampleRun.voided()),
                        SampleRun.as(setting.with(Trial.ONLY.again(), 42), SampleRun.held())));
        var report = Report.read(run);
        report.write();
        var scenarios = JsonMapper.builder()
                .build()
                .readTree(Files.readAllBytes(run.summary()))
                .get("scenarios");
        assertThat(scenarios.size()).isEqualTo(1);
        assertThat(scenarios.get(0).get("verdict").asString()).isEqualTo("HELD");
        assertThat(scenarios.get(0).get("trials").toString())
                .containsSubsequence(
                        "\"attempt\":1", "\"verdict\":\"VOID\",\"repeated\":true",
                        "\"attempt\":2", "\"verdict\":\"HELD\",\"repeated\":false");
        assertThat(VerdictTable.of(report.histories())).containsPattern("VOID +repeated");
        assertThat(Files.readString(run.page()))
                .contains("As expected: 1 HELD")
                .contains("Attempt 1 was VOID and was repeated: ");
        var suite = xml(run.junit()).getDocumentElement();
        assertThat(suite.getAttribute("tests")).isEqualTo("1");
        assertThat(suite.getAttribute("errors")).isEqualTo("0");
        assertThat(suite.getElementsByTagName("flakyError").getLength()).isOne();
    }

    @Test
    void aHistoryFromBeforeThereWereTrialsIsOneOfTheOnlyTrial() throws IOException {
        var text = Files.readString(run.history());
        assertThat(text).contains("\"topology\":\"three-zones\",");
        Files.writeString(
                run.history(),
                text.replaceAll("\"trial\":\\{[^}]*\\},", "").replace("\"topology\":\"three-zones\",", ""));
        var setting = Report.read(run).histories().get(0).began().setting();
        assertThat(setting.trial()).isEqualTo(Trial.ONLY);
        assertThat(setting.topology()).isEmpty();
        assertThat(Report.read(run).damage()).isEmpty();
    }

    private Map<String, String> contents() throws IOException {
        var contents = new TreeMap<String, String>();
        try (var files = Files.walk(run.path())) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                contents.put(
                        run.path().relativize(file).toString(),
                        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }

    private static Document xml(Path file) throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(file.toFile());
    }
}
