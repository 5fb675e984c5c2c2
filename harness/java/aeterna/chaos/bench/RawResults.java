package aeterna.chaos.bench;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
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

    Path file() {
        return file;
    }

    void add(Map<String, ?> round) {
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
