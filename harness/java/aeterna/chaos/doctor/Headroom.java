package aeterna.chaos.doctor;

import aeterna.chaos.model.Problem;
import aeterna.chaos.process.Invocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** Whether a testbed fits on this machine, looked at before anything of it is started. */
public final class Headroom {
    private static final double GIB = 1024.0 * 1024 * 1024;

    /** Memory of an idle node and its share of the control plane: {@code ./chaos bench up} measured 0.89 GiB for seven, rounded up. */
    private static final double MEMORY_OF_NODE = 0.15;

    /** Memory of the stack: {@code docker stats} showed 2.45 GiB of seven nodes with it, just steady, 0.9 of them the nodes'; starts need more. */
    private static final double MEMORY_OF_STACK = 2.5;

    /** Disk of a node and of the add-ons' images on it, as {@code du} of the volumes of an idle testbed shows. */
    private static final double DISK_OF_NODE = 0.15;

    /** Disk of the stack's images on the nodes that run them, and of its data: 3.0 GiB by {@code du} of the volumes, on top of the nodes. */
    private static final double DISK_OF_STACK = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Host host;

    public Headroom(Host host) {
        this.host = host;
    }

    /**
     * Refuses when there is too little memory or disk; what cannot be seen, because the engine runs elsewhere, is not judged.
     *
     * @param nodes how many there shall be
     * @param stack whether the stack shall be deployed on them
     */
    public void require(int nodes, boolean stack) {
        var what = nodes + " nodes" + (stack ? " with the stack" : "");
        memory(nodes * MEMORY_OF_NODE + (stack ? MEMORY_OF_STACK : 0), what);
        disk(nodes * DISK_OF_NODE + (stack ? DISK_OF_STACK : 0), what);
    }

    private void memory(double needed, String what) {
        host.read("/proc/meminfo").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("MemAvailable:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024 / GIB)
                .filter(available -> available < needed)
                .findFirst()
                .ifPresent(available -> {
                    throw tooLittle("memory", available, "available (/proc/meminfo)", needed, what);
                });
    }

    private void disk(double needed, String what) {
        var answer = host.programs()
                .capture(Invocation.of("docker", "info", "--format", "{{.DockerRootDir}}")
                        .atMost(PATIENCE));
        var root = Path.of(answer.ok() ? answer.out().strip() : "");
        if (!root.isAbsolute() || !Files.isDirectory(root)) {
            return;
        }
        try {
            double free = Files.getFileStore(root).getUsableSpace() / GIB;
            if (free < needed) {
                throw tooLittle("disk", free, "free in the engine's " + root, needed, what);
            }
        } catch (IOException unreadable) {
            throw new Problem(
                    "the free space of " + root + " cannot be read: " + unreadable.getMessage(),
                    "Check that the disk is mounted and healthy.",
                    unreadable);
        }
    }

    private static Problem tooLittle(String of, double there, String where, double needed, String what) {
        return new Problem(
                String.format(
                        Locale.ROOT,
                        "there is too little %s for %s: %.1f GiB are %s, %.1f GiB are needed (as measured by ./chaos"
                                + " bench)",
                        of,
                        what,
                        there,
                        where,
                        needed),
                "Free some, or take a smaller topology (--topology two-zones). Nothing was started.");
    }
}
