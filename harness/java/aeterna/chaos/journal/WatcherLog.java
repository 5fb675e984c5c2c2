package aeterna.chaos.journal;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * What the watchers of a testbed did since the last run, told by {@code ./chaos status} and by the next run.
 *
 * @param file empty, or not there, while no watcher had anything to do
 */
public record WatcherLog(Path file) {
    /** Its lines, oldest first. */
    public List<String> lines() {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException unreadable) {
            throw new Problem(
                    "the watcher's log " + file + " cannot be read: " + unreadable.getMessage(),
                    "Make it readable, or remove it.",
                    unreadable);
        }
    }

    /** Its lines, which are put aside: the next run has no need to tell them again. */
    public List<String> putAside() {
        var lines = lines();
        if (!lines.isEmpty()) {
            try {
                Files.move(
                        file, file.resolveSibling(file.getFileName() + ".told"), StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException stays) {
                throw new Problem(
                        "the watcher's log " + file + " cannot be put aside: " + stays.getMessage(),
                        "Make its folder writable.",
                        stays);
            }
        }
        return lines;
    }
}
