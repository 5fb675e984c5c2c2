package aeterna.chaos.report;

import aeterna.chaos.model.Nearest;
import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;

/**
 * The folder that holds one folder per run, and {@value #LATEST} beside them: a link to the last run, or a file with its
 * name where links cannot be made.
 *
 * @param path need not be there yet
 */
public record Reports(Path path) {
    private static final String LATEST = "latest";

    /** The names of all runs that have a history, newest name first. */
    public List<String> runs() {
        if (Files.notExists(path)) {
            return List.of();
        }
        try (var folders = Files.list(path)) {
            return folders.filter(folder -> Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS))
                    .map(RunFolder::new)
                    .filter(run -> Files.exists(run.history()))
                    .map(RunFolder::name)
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (IOException unreadable) {
            throw new Problem("cannot read " + path + ": " + unreadable.getMessage(), "Check its rights.", unreadable);
        }
    }

    /** The folder of a new run. */
    public RunFolder begin(String run) {
        return new RunFolder(path.resolve(run));
    }

    /**
     * The folder of a run that is there.
     *
     * @param run its name, {@value #LATEST} included
     * @throws Problem naming the nearest ones when there is no such run
     */
    public RunFolder find(String run) {
        if (run.equals(LATEST)) {
            return latest();
        }
        var runs = runs();
        if (!runs.contains(run)) {
            throw new Problem(
                    "there is no run '" + run + "' in " + path,
                    runs.isEmpty() ? "./chaos run makes one." : Nearest.remedy(run, runs));
        }
        return begin(run);
    }

    /**
     * The run that was marked last.
     *
     * @throws Problem when there is none
     */
    public RunFolder latest() {
        var latest = path.resolve(LATEST);
        try {
            if (Files.isSymbolicLink(latest)) {
                return find(Files.readSymbolicLink(latest).getFileName().toString());
            }
            if (Files.isRegularFile(latest)) {
                return find(Files.readString(latest).strip());
            }
        } catch (IOException unreadable) {
            throw new Problem(
                    "cannot read " + latest + ": " + unreadable.getMessage(), "Name a run instead.", unreadable);
        }
        return runs().stream()
                .findFirst()
                .map(this::begin)
                .orElseThrow(() -> new Problem("there is no run in " + path, "./chaos run makes one."));
    }

    /** Marks a run as the last one. */
    public void markLatest(RunFolder run) {
        var latest = path.resolve(LATEST);
        var next = path.resolve("." + LATEST + ".next");
        try {
            Files.deleteIfExists(next);
            try {
                Files.createSymbolicLink(next, Path.of(run.name()));
            } catch (FileAlreadyExistsException taken) {
                throw taken;
            } catch (IOException | UnsupportedOperationException noLinks) {
                Files.writeString(next, run.name() + "\n", StandardCharsets.UTF_8);
            }
            // One rename: whoever follows the link sees the old run or the new one.
            Files.move(next, latest, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException unwritable) {
            throw new Problem(
                    "cannot make " + latest + ": " + unwritable,
                    "Remove what is in its place, if anything.",
                    unwritable);
        }
    }
}
