package aeterna.chaos.doctor;

import aeterna.chaos.doctor.Diagnosis.Cure;
import aeterna.chaos.image.BuildCache;
import aeterna.chaos.image.GoToolchain;
import aeterna.chaos.image.Recipes;
import aeterna.chaos.process.Invocation;
import aeterna.chaos.process.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks whether a machine has what the harness needs. Changes nothing. */
public final class Doctor {
    /** Seven kubelets and container runtimes share the limit of one kernel. */
    static final long INOTIFY_INSTANCES = 8192;

    static final long INOTIFY_WATCHES = 524_288;
    /** What the labels of everything the harness makes begin with. */
    private static final String OUR_LABELS = "aeterna.chaos/";

    private static final double GIB = 1024.0 * 1024 * 1024;
    private static final double COMFORTABLE_DISK = 12;
    private static final double LEAST_DISK = 4;
    private static final double COMFORTABLE_MEMORY = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final List<String> ENGINE_PACKAGES = List.of("docker.io", "containerd", "runc", "iptables");
    private static final Pattern MAVEN_VERSION = Pattern.compile("Apache Maven (\\d+)\\.(\\d+)\\.(\\d+)");
    private static final Pattern USERLAND_PROXY = Pattern.compile("\"?userland-proxy\"?\\s*[:=]\\s*(true|false)");

    private final Host host;
    private final GoToolchain toolchain;
    private final Recipes recipes;
    private final SortedSet<Integer> ports;

    /**
     * @param ports what testbeds publish on the loopback address
     */
    public Doctor(Host host, GoToolchain toolchain, Recipes recipes, SortedSet<Integer> ports) {
        this.host = host;
        this.toolchain = toolchain;
        this.recipes = recipes;
        this.ports = new TreeSet<>(ports);
    }

    /** Everything there is to see, in the order of the table. */
    public List<Diagnosis> examine() {
        var diagnoses = new ArrayList<Diagnosis>();
        diagnoses.add(Diagnosis.ok("JDK", System.getProperty("java.version")));
        diagnoses.add(maven());
        diagnoses.add(go());
        diagnoses.add(dockerClient());
        Optional<String> engine = engineVersion();
        diagnoses.add(engine(engine));
        diagnoses.add(runtime(engine.isPresent()));
        diagnoses.add(userlandProxy(engine.isPresent()));
        diagnoses.add(debootstrap());
        if (recipes.names().stream()
                .map(recipes::get)
                .anyMatch(recipe -> !recipe.wheels().isEmpty())) {
            diagnoses.add(pip());
        }
        diagnoses.add(cgroup());
        diagnoses.add(limit("fs.inotify.max_user_instances", INOTIFY_INSTANCES));
        diagnoses.add(limit("fs.inotify.max_user_watches", INOTIFY_WATCHES));
        diagnoses.add(
                disk("disk of the caches", BuildCache.of(host.environment()).folder()));
        if (engine.isPresent()) {
            Path root = Path.of(docker("info", "--format", "{{.DockerRootDir}}").out());
            if (root.isAbsolute() && Files.isDirectory(root)) {
                diagnoses.add(disk("disk of the engine", root));
            }
        }
        host.read("/proc/meminfo").ifPresent(text -> diagnoses.add(memory(text)));
        diagnoses.add(ports(engine.isPresent()));
        return diagnoses;
    }

    private Diagnosis maven() {
        if (host.programs().find("mvn").isEmpty()) {
            return Diagnosis.missing("Maven", "not there", "Install Maven 3.8.6 or newer.")
                    .curedBy(new Cure.Packages(List.of("maven")));
        }
        Output answer = host.programs()
                .capture(Invocation.of("mvn", "-B", "-version").in(host.root()).atMost(PATIENCE));
        Matcher version = MAVEN_VERSION.matcher(answer.out());
        if (!version.find()) {
            return Diagnosis.warning("Maven", "its version cannot be seen", "Run mvn -version.");
        }
        int number = Integer.parseInt(version.group(1)) * 10_000
                + Integer.parseInt(version.group(2)) * 100
                + Integer.parseInt(version.group(3));
        String seen = version.group(1) + "." + version.group(2) + "." + version.group(3);
        return number >= 30_806
                ? Diagnosis.ok("Maven", seen)
                : Diagnosis.missing("Maven", seen + " is too old", "Install Maven 3.8.6 or newer.");
    }

    private Diagnosis go() {
        return toolchain
                .find()
                .map(go -> Diagnosis.ok("Go", go.version() + (go.fetched() ? ", from the module cache" : "")))
                .orElseGet(() -> Diagnosis.missing(
                                "Go",
                                toolchain
                                        .installed()
                                        .map(old -> old + " is too old")
                                        .orElse("not there"),
                                "Install Go " + GoToolchain.OLDEST + " or newer; it is needed to build images.")
                        .curedBy(new Cure.Toolchain()));
    }

    private Diagnosis dockerClient() {
        return host.programs().find("docker").isPresent()
                ? Diagnosis.ok(
                        "Docker client",
                        docker("version", "--format", "{{.Client.Version}}").out())
                : Diagnosis.missing("Docker client", "not there", "Install Docker.")
                        .curedBy(new Cure.Packages(ENGINE_PACKAGES));
    }

    private Optional<String> engineVersion() {
        if (host.programs().find("docker").isEmpty()) {
            return Optional.empty();
        }
        Output answer = docker("version", "--format", "{{.Server.Version}}");
        return answer.ok() ? Optional.of(answer.out()) : Optional.empty();
    }

    private Diagnosis engine(Optional<String> version) {
        return version.map(seen -> Diagnosis.ok("engine", seen))
                .orElseGet(() -> Diagnosis.missing(
                                "engine",
                                "does not answer",
                                "Start Docker, or join the group docker if it runs and you may not use it.")
                        .curedBy(new Cure.StartEngine()));
    }

    private Diagnosis runtime(boolean engine) {
        String subject = "containers' privileges";
        if (new CapabilityBound(host).allowsSysResource()) {
            return Diagnosis.ok(subject, "all capabilities are there");
        }
        String runtime =
                engine ? docker("info", "--format", "{{.DefaultRuntime}}").out() : "";
        if (runtime.equals(EngineSetup.RUNTIME)) {
            return Diagnosis.ok(subject, "without CAP_SYS_RESOURCE, by the runtime " + runtime);
        }
        if (engine) {
            return Diagnosis.missing(
                    subject,
                    "this machine withholds CAP_SYS_RESOURCE and the engine's runtime asks for it",
                    "Stop the engine and run ./chaos doctor as root: it starts one with the runtime "
                            + EngineSetup.RUNTIME + ".");
        }
        return Diagnosis.missing(
                        subject,
                        "this machine withholds CAP_SYS_RESOURCE",
                        "The engine needs the runtime images/node/" + EngineSetup.RUNTIME + ".")
                .curedBy(new Cure.StartEngine());
    }

    private Diagnosis userlandProxy(boolean engine) {
        String subject = "userland-proxy";
        if (!engine) {
            return Diagnosis.warning(subject, "unknown, as no engine answers", "");
        }
        String why = "It accepts connections that nobody answers; set \"userland-proxy\": false in daemon.json.";
        String commandLine = dockerdCommandLine();
        for (String source : List.of(commandLine, host.read(EngineSetup.CONFIG).orElse(""))) {
            Matcher setting = USERLAND_PROXY.matcher(source);
            if (setting.find()) {
                return setting.group(1).equals("false")
                        ? Diagnosis.ok(subject, "off")
                        : Diagnosis.warning(subject, "on", why);
            }
        }
        return commandLine.isEmpty()
                ? Diagnosis.warning(subject, "unknown, as the engine runs elsewhere", why)
                : Diagnosis.warning(subject, "on, as nothing switches it off", why);
    }

    /** The arguments of the dockerd of this machine; empty when there is none to see. */
    private String dockerdCommandLine() {
        try (var processes = Files.newDirectoryStream(host.file("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                String commandLine = host.read("/proc/" + process.getFileName() + "/cmdline")
                        .orElse("")
                        .replace('\0', ' ');
                String program = commandLine.split(" ", 2)[0];
                if (program.equals("dockerd") || program.endsWith("/dockerd")) {
                    return commandLine;
                }
            }
        } catch (IOException hidden) {
            return "";
        }
        return "";
    }

    private Diagnosis debootstrap() {
        if (host.programs().find("debootstrap").isPresent()) {
            return Diagnosis.ok("debootstrap", "there");
        }
        return Diagnosis.missing("debootstrap", "not there", "Install it; it is needed to build images.")
                .curedBy(new Cure.Packages(List.of("debootstrap")));
    }

    private Diagnosis pip() {
        boolean there = host.programs().find("python3").isPresent()
                && host.programs()
                        .capture(Invocation.of("python3", "-m", "pip", "--version")
                                .atMost(PATIENCE))
                        .ok();
        return there
                ? Diagnosis.ok("pip", "there")
                : Diagnosis.missing("pip", "not there", "Install it; it is needed to build images.")
                        .curedBy(new Cure.Packages(List.of("python3-pip")));
    }

    private Diagnosis cgroup() {
        return Diagnosis.ok(
                "cgroup",
                Files.exists(host.file("/sys/fs/cgroup/cgroup.controllers"))
                        ? "version 2"
                        : Files.exists(host.file("/sys/fs/cgroup")) ? "version 1" : "not of this machine");
    }

    private Diagnosis limit(String setting, long enough) {
        Optional<Long> value =
                host.read("/proc/sys/" + setting.replace('.', '/')).map(Long::parseLong);
        if (value.isEmpty()) {
            return Diagnosis.ok(setting, "not of this machine");
        }
        return value.get() >= enough
                ? Diagnosis.ok(setting, value.get().toString())
                : Diagnosis.warning(
                                setting,
                                value.get() + " may be too few for seven nodes",
                                "Set it to " + enough + " (sysctl -w " + setting + "=" + enough + ").")
                        .curedBy(new Cure.KernelSetting(setting, enough));
    }

    private Diagnosis disk(String subject, Path folder) {
        Path there = folder.toAbsolutePath();
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        try {
            double free = Files.getFileStore(there).getUsableSpace() / GIB;
            String seen = String.format(Locale.ROOT, "%.0f GiB free (%s)", free, folder);
            String remedy = String.format(
                    Locale.ROOT,
                    "Images and their build want %.0f GiB the first time; free some space.",
                    COMFORTABLE_DISK);
            return free >= COMFORTABLE_DISK
                    ? Diagnosis.ok(subject, seen)
                    : free >= LEAST_DISK
                            ? Diagnosis.warning(subject, seen, remedy)
                            : Diagnosis.missing(subject, seen, remedy);
        } catch (IOException unknown) {
            return Diagnosis.warning(subject, "its free space cannot be read (" + there + ")", "Check the disk.");
        }
    }

    private static Diagnosis memory(String text) {
        double available = text.lines()
                        .filter(line -> line.startsWith("MemAvailable:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                * 1024
                / GIB;
        String seen = String.format(Locale.ROOT, "%.1f GiB available", available);
        return available >= COMFORTABLE_MEMORY
                ? Diagnosis.ok("memory", seen)
                : Diagnosis.warning(
                        "memory",
                        seen,
                        String.format(Locale.ROOT, "A testbed with the stack wants %.0f GiB.", COMFORTABLE_MEMORY));
    }

    private Diagnosis ports(boolean engine) {
        var taken = new ArrayList<String>();
        for (int port : ports) {
            if (!host.portFree(port) && !(engine && publishedByUs(port))) {
                taken.add(Integer.toString(port));
            }
        }
        String all = String.join(", ", ports.stream().map(String::valueOf).toList());
        return taken.isEmpty()
                ? Diagnosis.ok("ports", all + " are free, or a testbed's")
                : Diagnosis.warning(
                        "ports",
                        "in use by something else: " + String.join(", ", taken),
                        "Stop what listens there, or change the topology's ports in kind-config/.");
    }

    private boolean publishedByUs(int port) {
        return docker("ps", "--filter", "publish=" + port, "--format", "{{.Image}} {{.Labels}}")
                .out()
                .contains(OUR_LABELS);
    }

    private Output docker(String... arguments) {
        var command = new ArrayList<String>(List.of("docker"));
        command.addAll(List.of(arguments));
        return host.programs().capture(Invocation.of(command).atMost(PATIENCE));
    }
}
