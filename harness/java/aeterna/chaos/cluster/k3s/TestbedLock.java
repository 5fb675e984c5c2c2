package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.Provider;
import aeterna.chaos.cluster.Provider.Purpose;
import aeterna.chaos.model.Problem;
import aeterna.chaos.time.Waiting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/**
 * Keeps two processes of one machine from changing the same testbed; the kernel lets go of it with the process, however it
 * ends. A process that is merely stopped keeps it.
 */
final class TestbedLock implements Provider.Reservation {
    /** Undoing takes seconds, up to half a minute when machines have to be switched on again. */
    private static final Duration WHILE_UNDOING = Duration.ofSeconds(60);

    private final FileChannel channel;

    private TestbedLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock, or says who has it; waits for one who only undoes what a killed process left. */
    static TestbedLock take(Path folder, String testbed, Purpose purpose) {
        var file = folder.resolve(testbed + ".lock");
        try {
            Files.createDirectories(folder);
            var channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                var holder = Holder.read(channel);
                channel.close();
                throw new Problem(
                        "another run is using the testbed " + testbed + " (process " + holder.pid()
                                + (holder.undoing() ? ", which undoes what a killed run left)" : ")"),
                        "Wait until it has ended, or end that process.");
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(
                            new Holder(Long.toString(ProcessHandle.current().pid()), purpose == Purpose.UNDO)
                                    .text()
                                    .getBytes(StandardCharsets.UTF_8)),
                    0);
            return new TestbedLock(channel);
        } catch (IOException unwritable) {
            throw new Problem(
                    "the lock file " + file + " cannot be written: " + unwritable.getMessage(),
                    "Make that folder writable and not full.",
                    unwritable);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        if (tryLock(channel).isPresent()) {
            return true;
        }
        if (!Holder.read(channel).undoing()) {
            return false;
        }
        return Waiting.atMost(WHILE_UNDOING).untilTrue(() -> tryLock(channel).isPresent());
    }

    private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException sameProcess) {
            return Optional.empty();
        }
    }

    /** Who has it, as the lock file says. */
    private record Holder(String pid, boolean undoing) {
        private static final String UNDOING = " undoing";

        static Holder read(FileChannel channel) throws IOException {
            var bytes = ByteBuffer.allocate(64);
            channel.read(bytes, 0);
            var text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
            return new Holder(text.replace(UNDOING, ""), text.endsWith(UNDOING));
        }

        String text() {
            return pid + (undoing ? UNDOING : "");
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException closedAnyway) {
            // Nothing was buffered in it; the lock ends with the channel in every case.
        }
    }
}
