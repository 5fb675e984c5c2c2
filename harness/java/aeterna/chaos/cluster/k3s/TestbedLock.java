package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.Provider;
import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Keeps two processes of one machine from changing the same testbed; the kernel lets go of it with the process, however it ends. */
final class TestbedLock implements Provider.Reservation {
    private final FileChannel channel;

    private TestbedLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock, or says who has it. */
    static TestbedLock take(Path folder, String testbed) {
        var file = folder.resolve(testbed + ".lock");
        try {
            Files.createDirectories(folder);
            var channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            var lock = tryLock(channel);
            if (lock.isEmpty()) {
                var holder = ByteBuffer.allocate(32);
                channel.read(holder, 0);
                channel.close();
                throw new Problem(
                        "another run is using the testbed " + testbed + " (process "
                                + new String(holder.array(), 0, holder.position(), StandardCharsets.UTF_8).strip()
                                + ")",
                        "Wait until it has ended, or end that process.");
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
            return new TestbedLock(channel);
        } catch (IOException unwritable) {
            throw new Problem(
                    "the lock file " + file + " cannot be written: " + unwritable.getMessage(),
                    "Make that folder writable and not full.",
                    unwritable);
        }
    }

    private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException sameProcess) {
            return Optional.empty();
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
