package aeterna.chaos.doctor;

import aeterna.chaos.doctor.Diagnosis.Cure;
import aeterna.chaos.image.GoToolchain;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.process.Invocation;
import aeterna.chaos.process.Programs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;

/** Carries out the cures that diagnoses ask for, on Debian. */
public final class Pharmacy {
    private static final Duration INSTALLING = Duration.ofSeconds(60);
    private static final Duration ENGINE_PATIENCE = Duration.ofSeconds(60);
    private static final int TOLD_LINES = 15;

    private final Host host;
    private final GoToolchain toolchain;
    private final Path home;

    /**
     * @param home the project's folder
     */
    public Pharmacy(Host host, GoToolchain toolchain, Path home) {
        this.host = host;
        this.toolchain = toolchain;
        this.home = home;
    }

    /** What would be done about the diagnoses, in order; empty when nothing can be done here. */
    public List<Cure> cures(Collection<Diagnosis> diagnoses) {
        if (!host.mayInstall()) {
            return List.of();
        }
        var packages = new LinkedHashSet<String>();
        var others = new LinkedHashSet<Cure>();
        for (Diagnosis diagnosis : diagnoses) {
            diagnosis.cure().ifPresent(cure -> {
                if (cure instanceof Cure.Packages needed) {
                    packages.addAll(needed.names());
                } else {
                    if (cure instanceof Cure.Toolchain && toolchain.installed().isEmpty()) {
                        // An old Go is good enough to fetch a current one.
                        packages.add("golang-go");
                    }
                    others.add(cure);
                }
            });
        }
        var cures = new ArrayList<Cure>();
        if (!packages.isEmpty()) {
            cures.add(new Cure.Packages(List.copyOf(packages)));
        }
        cures.addAll(others);
        return cures;
    }

    /** Carries out one cure; throws a {@link Problem} when it does not work. */
    public void apply(Cure cure, Progress progress) {
        if (cure instanceof Cure.Packages packages) {
            install(packages, progress);
        } else if (cure instanceof Cure.Toolchain) {
            if (toolchain.find().isEmpty()) {
                toolchain.fetch(progress);
            }
        } else if (cure instanceof Cure.StartEngine) {
            new EngineSetup(host, home, ENGINE_PATIENCE).start(progress);
        } else if (cure instanceof Cure.KernelSetting setting) {
            // Where it is refused the diagnosis remains, as a warning.
            host.programs().capture(asRoot("sysctl", "-w", setting.name() + "=" + setting.value()));
        }
    }

    private void install(Cure.Packages packages, Progress progress) {
        var step = progress.begin(packages.toString(), INSTALLING);
        var tail = new ArrayDeque<String>();
        var commands = List.of(
                asRoot("apt-get", "update", "-q"),
                asRoot(
                                "env",
                                "DEBIAN_FRONTEND=noninteractive",
                                "apt-get",
                                "install",
                                "-y",
                                "-q",
                                "--no-install-recommends")
                        .and(packages.names()));
        for (Invocation command : commands) {
            int exitCode = host.programs().run(command, line -> {
                tail.addLast(line);
                if (tail.size() > TOLD_LINES) {
                    tail.removeFirst();
                }
                step.at(0, 0, line);
            });
            if (exitCode != 0) {
                step.failed("exit code " + exitCode);
                throw new Problem(
                        "'" + command + "' ended with exit code " + exitCode
                                + (exitCode == Programs.NOT_FOUND ? " (not found)" : "") + "; its last lines:\n    "
                                + String.join("\n    ", tail),
                        "Check the network and /etc/apt/sources.list, or install them by hand and use --no-install.");
            }
        }
        step.close();
    }

    private Invocation asRoot(String... command) {
        var whole = new ArrayList<String>();
        if (!host.isRoot()) {
            whole.addAll(List.of("sudo", "-n"));
        }
        whole.addAll(List.of(command));
        return Invocation.of(whole);
    }
}
