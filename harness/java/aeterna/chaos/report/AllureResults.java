package aeterna.chaos.report;

import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Setting;
import aeterna.chaos.model.Verdict;
import io.qameta.allure.AllureResultsWriter;
import io.qameta.allure.FileSystemResultsWriter;
import io.qameta.allure.model.Attachment;
import io.qameta.allure.model.Label;
import io.qameta.allure.model.Parameter;
import io.qameta.allure.model.Stage;
import io.qameta.allure.model.Status;
import io.qameta.allure.model.StatusDetails;
import io.qameta.allure.model.StepResult;
import io.qameta.allure.model.TestResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A run in Allure's format: one result per scenario, its steps the phases, its attachments the history, the summary and
 * the evidence. BROKEN is failed, VOID broken: Allure's words for what was refuted and what could not be tested.
 */
final class AllureResults {
    private final Report report;

    AllureResults(Report report) {
        this.report = report;
    }

    void write() throws IOException {
        var folder = Files.createDirectories(report.folder().allure());
        var writer = new FileSystemResultsWriter(folder);
        for (var i = 0; i < report.histories().size(); i++) {
            var history = report.histories().get(i);
            var id = id(report.folder().name() + "/" + (i + 1));
            clear(folder, id);
            var result = result(history, id);
            result.setAttachments(attachments(history, id, folder, writer));
            writer.write(result);
        }
    }

    /** Names are made from what they name, so that writing a run again replaces its files and adds none. */
    private static String id(String of) {
        return UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static void clear(Path folder, String id) throws IOException {
        try (var files = Files.list(folder)) {
            for (var file : files.filter(path -> path.getFileName().toString().startsWith(id))
                    .toList()) {
                Files.delete(file);
            }
        }
    }

    private static TestResult result(History history, String id) {
        var began = history.began();
        var setting = began.setting();
        var judged = history.judged();
        var clock = new WallClock(history);
        var scenario = setting.scenario();
        return new TestResult()
                .setUuid(id)
                .setHistoryId(id(String.join(
                        "/", scenario, trial(setting), setting.profile(), setting.provider(), setting.topology())))
                .setTestCaseId(id(scenario))
                .setFullName(scenario)
                .setName(began.experiment())
                .setDescription("Fault: " + began.fault() + "\n\nExpected: " + setting.expected())
                .setLabels(List.of(
                        label("suite", scenario.replaceFirst("\\..*", "")),
                        label("framework", "aeterna-chaos"),
                        label("language", "java")))
                .setParameters(new ArrayList<>(Stream.of(
                                parameter("seed", String.valueOf(setting.seed())),
                                parameter(
                                        "trial",
                                        setting.trial().number() + " of "
                                                + setting.trial().of()),
                                parameter("provider", setting.provider()),
                                parameter("topology", setting.topology()),
                                parameter("profile", setting.profile()))
                        .toList()))
                .setStage(Stage.FINISHED)
                .setStatus(status(judged.verdict()))
                .setStatusDetails(new StatusDetails().setMessage(judged.verdict() + ": " + judged.because()))
                .setStart(clock.millis(began.at()))
                .setStop(clock.millis(clock.last()))
                .setSteps(steps(history, clock));
    }

    /** Attempts at the same trial are one test to Allure, which shows the earlier ones as its retries. */
    private static String trial(Setting setting) {
        return String.valueOf(setting.trial().number());
    }

    private static List<StepResult> steps(History history, WallClock clock) {
        var phases = history.all(Entry.PhaseBegan.class).toList();
        var voids = history.all(Entry.Voided.class).toList();
        var steps = new ArrayList<StepResult>();
        for (var i = 0; i < phases.size(); i++) {
            var from = phases.get(i).at();
            var to = i + 1 < phases.size() ? phases.get(i + 1).at() : Math.max(from, clock.last());
            var phase = phases.get(i).phase();
            var voided = voids.stream()
                    .filter(entry -> entry.at() >= from && entry.at() <= to)
                    .findFirst();
            var step = new StepResult()
                    .setName(phase.number() + " " + phase)
                    .setStage(Stage.FINISHED)
                    .setStatus(voided.isPresent() ? Status.BROKEN : Status.PASSED)
                    .setStart(clock.millis(from))
                    .setStop(clock.millis(to));
            voided.ifPresent(why -> step.setStatusDetails(new StatusDetails().setMessage(why.because())));
            if (phase == Phase.JUDGE) {
                step.setStatus(status(history.judged().verdict()));
                step.setSteps(history.all(Finding.class)
                        .map(finding -> finding(finding, clock.millis(from)))
                        .toList());
            }
            steps.add(step);
        }
        return steps;
    }

    private static StepResult finding(Finding finding, long at) {
        return new StepResult()
                .setName(finding.promise() + ": " + finding.verdict())
                .setStage(Stage.FINISHED)
                .setStatus(status(finding.verdict()))
                .setStatusDetails(new StatusDetails().setMessage(finding.because()))
                .setStart(at)
                .setStop(at);
    }

    private List<Attachment> attachments(History history, String id, Path folder, AllureResultsWriter writer)
            throws IOException {
        var attachments = new ArrayList<Attachment>();
        var lines = id + "-history.jsonl";
        try (var file = HistoryFile.open(folder.resolve(lines))) {
            var recording = file.begin(history.began());
            history.entries().stream().skip(1).forEach(recording::record);
            var failure = recording.failure();
            if (failure.isPresent()) {
                throw failure.get();
            }
        }
        attachments.add(attachment("history", lines, "application/x-ndjson"));

        var summary = id + "-summary.json";
        write(writer, summary, Summary.of(List.of(history)).json().getBytes(StandardCharsets.UTF_8));
        attachments.add(attachment("summary", summary, "application/json"));

        var evidence = report.evidence(history);
        for (var i = 0; i < evidence.size(); i++) {
            var name = evidence.get(i).getFileName().toString();
            var dot = name.lastIndexOf('.');
            var suffix = dot < 0 ? ".txt" : name.substring(dot).replaceAll("[^A-Za-z0-9.]", "_");
            var source = id + "-evidence-" + (i + 1) + suffix;
            try (InputStream content = Files.newInputStream(evidence.get(i))) {
                writer.write(source, content);
            }
            attachments.add(attachment(name, source, suffix.equals(".json") ? "application/json" : "text/plain"));
        }
        return attachments;
    }

    private static void write(AllureResultsWriter writer, String source, byte[] bytes) throws IOException {
        try (var content = new ByteArrayInputStream(bytes)) {
            writer.write(source, content);
        }
    }

    private static Attachment attachment(String name, String source, String type) {
        return new Attachment().setName(name).setSource(source).setType(type);
    }

    private static Label label(String name, String value) {
        return new Label().setName(name).setValue(value);
    }

    private static Parameter parameter(String name, String value) {
        return new Parameter().setName(name).setValue(value);
    }

    private static Status status(Verdict verdict) {
        return switch (verdict) {
            case HELD -> Status.PASSED;
            case BROKEN -> Status.FAILED;
            case VOID -> Status.BROKEN;
        };
    }

    /** A history's monotonic moments on the calendar. */
    private record WallClock(History history) {
        long millis(long at) {
            return history.began()
                    .wallTime()
                    .plusNanos(at - history.began().at())
                    .toEpochMilli();
        }

        long last() {
            return history.all(Entry.Timed.class).mapToLong(Entry::at).max().orElseThrow();
        }
    }
}
