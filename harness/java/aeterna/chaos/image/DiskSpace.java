package aeterna.chaos.image;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Sums up what a build will need on each disk, and refuses when one has less. */
final class DiskSpace {
    private static final double GIB = 1024.0 * 1024 * 1024;

    private final Disks disks;
    private final Map<String, List<Need>> needs = new HashMap<>();

    /** What is known of a disk. */
    record Disk(String name, long freeBytes) {}

    /** Finds the disk that a folder, which need not be there yet, is on. */
    @FunctionalInterface
    interface Disks {
        Disk of(Path folder);

        /** The disks of this machine. */
        static Disks ofMachine() {
            return folder -> {
                Path there = folder.toAbsolutePath();
                while (!Files.exists(there)) {
                    there = there.getParent();
                }
                try {
                    var store = Files.getFileStore(there);
                    return new Disk(store.toString(), store.getUsableSpace());
                } catch (IOException unknown) {
                    throw new Problem(
                            "the free space of " + there + " cannot be read: " + unknown.getMessage(),
                            "Check that the disk is mounted and healthy.",
                            unknown);
                }
            };
        }
    }

    private record Need(Path folder, long bytes, String what, Disk disk) {}

    DiskSpace(Disks disks) {
        this.disks = disks;
    }

    DiskSpace need(Path folder, double gib, String what) {
        Disk disk = disks.of(folder);
        needs.computeIfAbsent(disk.name(), name -> new ArrayList<>())
                .add(new Need(folder, Math.round(gib * GIB), what, disk));
        return this;
    }

    void check() {
        needs.forEach((name, onDisk) -> {
            long needed = onDisk.stream().mapToLong(Need::bytes).sum();
            long free = onDisk.get(0).disk().freeBytes();
            if (free < needed) {
                throw new Problem(
                        String.format(
                                Locale.ROOT,
                                "the disk is too full: %.1f GiB are free and %.1f GiB needed (%s)",
                                free / GIB,
                                needed / GIB,
                                onDisk.stream()
                                        .map(need -> String.format(
                                                Locale.ROOT,
                                                "%.1f for %s in %s",
                                                need.bytes() / GIB,
                                                need.what(),
                                                need.folder()))
                                        .collect(Collectors.joining(", "))),
                        "Free some space, or move the caches with the variables XDG_CACHE_HOME, GOCACHE and GOMODCACHE.");
            }
        });
    }
}
