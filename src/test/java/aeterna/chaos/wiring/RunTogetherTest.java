package aeterna.chaos.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.fakes.Histories;
import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.image.ImageMode;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Expectation;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.model.Trial;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.report.Reports;
import aeterna.chaos.stack.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalLong;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes the parts of a run one run. */
class RunTogetherTest {
    @TempDir
    private Path folder;

    private SessionSettings settings(String topology, String profile, String into) {
        return new SessionSettings(
                folder,
                folder,
                new Settings("t", topology, "tuned", ImageMode.OFFLINE),
                Profile.read(Path.of("stack"), profile),
                Duration.ofMinutes(1),
                false,
                OptionalLong.empty(),
                3,
                false,
                Optional.of(into).filter(run -> !run.isEmpty()),
                Optional.empty(),
                0,
                false);
    }

    /** A run of two scenarios, of which the second was VOID. */
    private Reports earlierPart() {
        var reports = new Reports(folder);
        try (var file = HistoryFile.open(reports.begin("run-1").history())) {
            record(file, "A.a", Verdict.HELD);
            record(file, "B.b", Verdict.VOID);
        }
        return reports;
    }

    private static void record(HistoryFile file, String scenario, Verdict verdict) {
        try (var recording = file.begin(Histories.began(scenario, new Trial(2, 2, 1), Expectation.held()))) {
            recording.record(new Entry.Judged(9, verdict, "because"));
        }
    }

    @Test
    void aLaterPartRunsWhatIsMissingByTheSameSeed() {
        var parts = EarlierParts.of(earlierPart(), settings("two-nodes", "recommended", "run-1"), "new");
        assertThat(parts.folder().name()).isEqualTo("run-1");
        // The seed of its second trial is 7.
        assertThat(parts.seed()).hasValue(6);
        assertThat(parts.missing("A.a", 3, false).trials()).containsExactly(new Trial(1, 3, 1), new Trial(3, 3, 1));
        assertThat(parts.missing("B.b", 2, false).trials()).containsExactly(new Trial(1, 2, 1), new Trial(2, 2, 2));
        assertThat(parts.missing("C.c", 1, false).trials()).containsExactly(Trial.ONLY);
    }

    @Test
    void aPartAboutAnotherStackIsRefused() {
        var reports = earlierPart();
        assertThatThrownBy(() -> EarlierParts.of(reports, settings("two-zones", "recommended", "run-1"), "new"))
                .isInstanceOf(Problem.class)
                .hasMessage("the run run-1 has the topology two-nodes, and this part of it would have two-zones");
        assertThatThrownBy(() -> EarlierParts.of(reports, settings("two-nodes", "as-documented", "run-1"), "new"))
                .hasMessageContaining("profile recommended");
        assertThatThrownBy(() -> EarlierParts.of(reports, settings("two-nodes", "recommended", "run-2"), "new"))
                .hasMessageContaining("there is no run 'run-2'");
    }

    @Test
    void withoutAnEarlierPartARunIsNew() {
        var parts = EarlierParts.of(earlierPart(), settings("two-zones", "recommended", ""), "new");
        assertThat(parts.folder().name()).isEqualTo("new");
        assertThat(parts.seed()).isEmpty();
        assertThat(parts.missing("A.a", 2, true).trials()).hasSize(2);
    }

    @Test
    void everyStepSaysWhereInTheRunItIs() {
        var time = new FakeTime();
        var begun = new ArrayList<String>();
        var position = new Position(
                (what, expected) -> {
                    begun.add(what);
                    return Progress.none().begin(what, expected);
                },
                time,
                3);
        assertThat(position.next("A.a")).isEqualTo("scenario 1/3: A.a");
        position.begin("5 inject", Duration.ZERO);
        time.pass(Duration.ofMinutes(4));
        assertThat(position.next("B.b")).isEqualTo("scenario 2/3: B.b (8 min left at this pace)");
        position.at(
                Histories.began("B.b", new Trial(2, 5, 1), Expectation.held()).setting());
        position.begin("5 inject", Duration.ZERO);
        assertThat(begun).containsExactly("1/3 5 inject", "2/3, trial 2 of 5: 5 inject");
    }

    @Test
    void metricsAreSentAndThatTheyCannotBeIsSaid() throws IOException, InterruptedException {
        var file = Files.writeString(folder.resolve("metrics.prom"), "chaos_requests 7\n");
        assertThat(MetricsPush.to("")).isEmpty();
        assertThatThrownBy(() -> MetricsPush.to("pushgateway:9091")).isInstanceOf(Problem.class);
        String url;
        try (var server = new MockWebServer()) {
            server.start();
            server.enqueue(new MockResponse.Builder().code(202).build());
            server.enqueue(new MockResponse.Builder().code(400).build());
            url = server.url("/metrics/job/chaos").toString();
            assertThat(MetricsPush.to(url).orElseThrow().send(file)).isEmpty();
            var request = server.takeRequest();
            assertThat(request.getMethod()).isEqualTo("PUT");
            assertThat(request.getBody().utf8()).isEqualTo("chaos_requests 7\n");
            assertThat(MetricsPush.to(url).orElseThrow().send(file)).contains(url + " answered 400");
        }
        assertThat(MetricsPush.to(url).orElseThrow().send(file).orElseThrow()).startsWith(url + " was not reached: ");
    }
}
