package aeterna.chaos.image;

import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Finished parts of images, kept so that an interrupted build goes on where it stopped. A part appears under its name
 * only when it is whole.
 *
 * @param folder where the parts are
 */
public record BuildCache(Path folder) {
    /** The cache in the user's usual place for such things. */
    public static BuildCache of(Map<String, String> environment) {
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = cache.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".cache")
                : Path.of(cache);
        return new BuildCache(base.resolve("aeterna-chaos"));
    }

    /** Where the part of that name is or will be. */
    Path part(String name) {
        return folder.resolve("build").resolve(name);
    }

    /** An empty folder to make the part of that name in; what an interrupted build left there is gone. */
    Path draft(String name) {
        Path draft = folder.resolve("draft").resolve(name);
        try {
            deleteTree(draft);
            return Files.createDirectories(draft);
        } catch (IOException failed) {
            throw unusable(failed);
        }
    }

    /** Turns a finished draft into the part of that name. */
    void keep(Path draft, String name) {
        try {
            Files.createDirectories(part(name).getParent());
            deleteTree(part(name));
            Files.move(draft, part(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw unusable(failed);
        }
    }

    /** The file that the full output of a step goes to. */
    Path log(String name) {
        try {
            return Files.createDirectories(folder.resolve("log")).resolve(name + ".log");
        } catch (IOException failed) {
            throw unusable(failed);
        }
    }

    /** Does work that only one process may do at a time; waits, and says so, while another one does. */
    <T> T exclusively(Progress progress, Supplier<T> work) {
        try {
            Files.createDirectories(folder);
        } catch (IOException failed) {
            throw unusable(failed);
        }
        try (var channel = FileChannel.open(
                folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var lock = channel.tryLock();
            if (lock == null) {
                String owner = owner(channel);
                try (var step = progress.begin("waiting for another image build" + owner, Duration.ZERO)) {
                    step.at(0, 0, "it holds " + folder.resolve("lock"));
                    lock = channel.lock();
                }
            }
            try (var held = lock) {
                channel.truncate(0);
                channel.write(
                        ByteBuffer.wrap(
                                Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)),
                        0);
                return held.isValid() ? work.get() : null;
            }
        } catch (IOException failed) {
            throw unusable(failed);
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        var content = ByteBuffer.allocate(20);
        int length = channel.read(content, 0);
        return length > 0 ? " (process " + new String(content.array(), 0, length, StandardCharsets.US_ASCII) + ")" : "";
    }

    private Problem unusable(IOException failed) {
        return new Problem(
                "the build cache " + folder + " cannot be used: " + failed,
                "Make it writable, or name another place in the variable XDG_CACHE_HOME.",
                failed);
    }

    private static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var files = Files.walk(tree)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            });
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }
}
