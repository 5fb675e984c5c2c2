package aeterna.chaos.bench;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** A file of one JSON object per round, so that an interrupted measurement keeps what it has. */
final class RawResults {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path file;

    private RawResults(Path file) {
        this.file = file;
    }

    static RawResults create(Path folder, String measurement, Instant now) {
        try {
            Files.createDirectories(folder);
            return new RawResults(folder.resolve(measurement + "-" + STAMP.format(now) + ".jsonl"));
        } catch (IOException unwritable) {
            throw new Problem(
                    folder + " cannot be made: " + unwritable.getMessage(),
                    "Make it writable and not full.",
                    unwritable);
        }
    }

    /** The latest file of a measurement, to be continued; a new one when there is none. */
    static RawResults resume(Path folder, String measurement, Instant now) {
        if (!Files.isDirectory(folder)) {
            return create(folder, measurement, now);
        }
        try (var files = Files.list(folder)) {
            var latest = files.filter(file ->
                            file.getFileName().toString().matches(Pattern.quote(measurement) + "-\\d.*\\.jsonl"))
                    .max(Comparator.naturalOrder());
            return latest.isPresent() ? new RawResults(latest.get()) : create(folder, measurement, now);
        } catch (IOException unreadable) {
            throw new Problem(folder + " cannot be read: " + unreadable.getMessage(), "Make it readable.", unreadable);
        }
    }

    /** The rounds so far; what a killed writer left half-written at the end is cut off. */
    List<Map<?, ?>> rounds() {
        if (Files.notExists(file)) {
            return List.of();
        }
        var rounds = new ArrayList<Map<?, ?>>();
        try {
            var text = Files.readString(file);
            var whole = text.substring(0, text.lastIndexOf('\n') + 1);
            if (whole.length() < text.length()) {
                Files.writeString(file, whole);
            }
            for (var line : whole.lines().toList()) {
                rounds.add(JsonMapper.shared().readValue(line, Map.class));
            }
        } catch (IOException | JacksonException unreadable) {
            throw new Problem(
                    file + " cannot be continued: line " + (rounds.size() + 1) + ": " + unreadable.getMessage(),
                    "Measure anew, without --resume.",
                    unreadable);
        }
        return rounds;
    }

    Path file() {
        return file;
    }

    /** Thread-safe. */
    synchronized void add(Map<String, ?> round) {
        try {
            Files.writeString(
                    file,
                    JsonMapper.shared().writeValueAsString(round) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException unwritable) {
            throw new Problem(
                    file + " cannot be written: " + unwritable.getMessage(), "Free some disk space.", unwritable);
        }
    }
}
