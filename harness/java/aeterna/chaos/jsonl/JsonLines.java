package aeterna.chaos.jsonl;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
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
    private final FileChannel channel;

    private JsonLines(ObjectWriter writer, FileChannel channel) {
        this.writer = writer;
        this.channel = channel;
    }

    /** Opens a file to append to it; makes it, and its folder, when it is not there. */
    public static <T> JsonLines<T> append(Path file, Class<T> type) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            var isNew = Files.notExists(file);
            var channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            cutTornTail(channel);
            if (isNew) {
                syncFolder(file.toAbsolutePath().getParent());
            }
            return new JsonLines<>(MAPPER.writerFor(type), channel);
        } catch (IOException unwritable) {
            throw new Problem(
                    "cannot write " + file + ": " + unwritable.getMessage(),
                    "Make room on the disk, or make the folder writable.",
                    unwritable);
        }
    }

    /**
     * Reads every complete line.
     *
     * @throws Problem when there is no such file, or a complete line is no record
     */
    public static <T> List<T> read(Path file, Class<T> type) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new Problem(
                    "cannot read " + file + ": " + unreadable.getMessage(), "Check its name and rights.", unreadable);
        }
        ObjectReader reader = MAPPER.readerFor(type);
        List<T> records = new ArrayList<>();
        var start = 0;
        for (var end = 0; end < bytes.length; end++) {
            if (bytes[end] == '\n') {
                try {
                    records.add(reader.readValue(bytes, start, end - start));
                } catch (JacksonException malformed) {
                    throw new Problem(
                            file + ":" + (records.size() + 1) + ": no record of ours: "
                                    + malformed.getOriginalMessage(),
                            "The file was changed by somebody else, or is from another version: put it aside.",
                            malformed);
                }
                start = end + 1;
            }
        }
        return records;
    }

    /** Appends a record in one write: when this returns, it outlives this process (though not yet the machine). */
    public synchronized void write(T value) throws IOException {
        var start = channel.size();
        var line = ByteBuffer.wrap((writer.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            channel.position(start);
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException half) {
            channel.truncate(start);
            throw half;
        }
    }

    /** When this returns, everything written outlives the machine's power too. */
    public synchronized void sync() throws IOException {
        channel.force(true);
    }

    @Override
    public synchronized void close() {
        try {
            channel.close();
        } catch (IOException unclosable) {
            throw new UncheckedIOException(unclosable);
        }
    }

    private static void cutTornTail(FileChannel channel) throws IOException {
        var end = channel.size();
        var one = ByteBuffer.allocate(1);
        while (end > 0) {
            channel.read(one.clear(), end - 1);
            if (one.get(0) == '\n') {
                break;
            }
            end--;
        }
        channel.truncate(end);
    }

    /** A new file's name is in its folder, which has to reach the disk as well. */
    private static void syncFolder(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
