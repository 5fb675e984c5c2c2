package aeterna.chaos.jsonl;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * An append-only file of records, one JSON object a line. A line counts once its line feed is there; what a killed
 * writer left behind it is no record, and is cut off before the next one is written. Thread-safe.
 *
 * @param <T> what a line holds: a record, or a sealed interface of records
 */
public final class JsonLines<T> implements AutoCloseable {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().annotationIntrospector(new SealedTypes()).build();

    private final ObjectWriter writer;
    /** No channel: those close themselves when a thread that writes is interrupted, and an interrupt is to be recorded. */
    private final RandomAccessFile disk;

    private JsonLines(ObjectWriter writer, RandomAccessFile disk) {
        this.writer = writer;
        this.disk = disk;
    }

    /** Opens a file to append to it; makes it, and its folder, when it is not there. */
    public static <T> JsonLines<T> append(Path file, Class<T> type) {
        try {
            var folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            var isNew = Files.notExists(file);
            var disk = new RandomAccessFile(file.toFile(), "rw");
            disk.setLength(endOfLastLine(disk));
            if (isNew) {
                syncFolder(folder);
            }
            return new JsonLines<>(MAPPER.writerFor(type), disk);
        } catch (IOException unwritable) {
            throw new Problem(
                    "cannot write " + file + ": " + unwritable.getMessage(),
                    "Make room on the disk, or make the folder writable.",
                    unwritable);
        }
    }

    /**
     * A complete line of a file: a record, or why it is none.
     *
     * @param value empty when the line is no record of ours
     * @param damage what is wrong with it, and where; empty for a record
     */
    public record Line<T>(Optional<T> value, Optional<Problem> damage) {}

    /**
     * Reads every complete line.
     *
     * @throws Problem when there is no such file, or a complete line is no record
     */
    public static <T> List<T> read(Path file, Class<T> type) {
        List<T> records = new ArrayList<>();
        for (var line : lines(file, type)) {
            records.add(line.value().orElseThrow(() -> line.damage().orElseThrow()));
        }
        return records;
    }

    /**
     * Reads every complete line, for those who can go on beyond a damaged one.
     *
     * @throws Problem when there is no such file
     */
    public static <T> List<Line<T>> lines(Path file, Class<T> type) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new Problem(
                    "cannot read " + file + ": " + unreadable.getMessage(), "Check its name and rights.", unreadable);
        }
        ObjectReader reader = MAPPER.readerFor(type);
        List<Line<T>> lines = new ArrayList<>();
        var start = 0;
        for (var end = 0; end < bytes.length; end++) {
            if (bytes[end] == '\n') {
                try {
                    T value = reader.readValue(bytes, start, end - start);
                    lines.add(new Line<>(Optional.of(value), Optional.empty()));
                } catch (JacksonException malformed) {
                    lines.add(new Line<>(Optional.empty(), Optional.of(damage(file, lines.size() + 1, malformed))));
                }
                start = end + 1;
            }
        }
        return lines;
    }

    private static Problem damage(Path file, int line, JacksonException malformed) {
        return new Problem(
                file + ":" + line + ": no record of ours: " + malformed.getOriginalMessage(),
                "The file was changed by somebody else, or is from another version: put it aside.",
                malformed);
    }

    /** Appends a record: when this returns, it outlives this process (though not yet the machine). */
    public synchronized void write(T value) throws IOException {
        var line = (writer.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8);
        var start = disk.length();
        try {
            disk.seek(start);
            disk.write(line);
        } catch (IOException half) {
            disk.setLength(start);
            throw half;
        }
    }

    /** When this returns, everything written outlives the machine's power too. */
    public synchronized void sync() throws IOException {
        disk.getFD().sync();
    }

    @Override
    public synchronized void close() {
        try {
            disk.close();
        } catch (IOException unclosable) {
            throw new UncheckedIOException(unclosable);
        }
    }

    private static long endOfLastLine(RandomAccessFile disk) throws IOException {
        for (var end = disk.length(); end > 0; end--) {
            disk.seek(end - 1);
            if (disk.read() == '\n') {
                return end;
            }
        }
        return 0;
    }

    /** A new file's name is in its folder, which has to reach the disk as well. */
    private static void syncFolder(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
