package aeterna.chaos.image;

import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.process.Invocation;
import aeterna.chaos.process.Output;
import aeterna.chaos.process.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds a Go that is new enough, and fetches one as a Go module where the distribution's own is too old. */
public final class GoToolchain {
    /** The oldest Go that the modules here can be compiled with. */
    public static final String OLDEST = "1.24";

    private static final int OLDEST_MINOR = 24;
    private static final String FETCHED = "go1.26.8";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration FETCHING = Duration.ofSeconds(30);
    private static final Pattern VERSION = Pattern.compile("go(\\d+)\\.(\\d+)");

    private final Programs programs;
    private final Map<String, String> environment;

    /**
     * @param environment this process's variables, which say where Go keeps modules
     */
    public GoToolchain(Programs programs, Map<String, String> environment) {
        this.programs = programs;
        this.environment = environment;
    }

    /**
     * A Go that can be used.
     *
     * @param command the program
     * @param version such as {@code go1.26.8}
     * @param fetched whether it came as a Go module
     */
    public record Go(String command, String version, boolean fetched) {
        /** This Go with arguments, compiling for containers: nothing of the C library. */
        Invocation with(List<String> arguments) {
            var command = new ArrayList<String>(List.of(this.command));
            command.addAll(arguments);
            Invocation invocation =
                    Invocation.of(command).with("CGO_ENABLED", "0").with("GOOS", "linux");
            // A fetched toolchain is what it is: it must not look for another one.
            return fetched ? invocation.with("GOTOOLCHAIN", "local") : invocation;
        }
    }

    /** The Go to use; empty when there is none that is new enough. */
    public Optional<Go> find() {
        for (String command :
                List.of("go", "/usr/local/go/bin/go", fetchedCommand().toString())) {
            Optional<String> version = version(command);
            if (version.filter(GoToolchain::newEnough).isPresent()) {
                return Optional.of(new Go(
                        command, version.get(), command.equals(fetchedCommand().toString())));
            }
        }
        return Optional.empty();
    }

    /** The Go to use; throws a {@link Problem} when there is none that is new enough. */
    Go require() {
        return find().orElseThrow(() -> new Problem(
                installed()
                        .map(version -> "the Go on this machine, " + version + ", is too old: " + OLDEST + " is needed")
                        .orElse("there is no Go on this machine: " + OLDEST + " or newer is needed"),
                "Install a current Go; on Debian ./chaos doctor does it as root."));
    }

    /** The version of the Go on the PATH, however old. */
    public Optional<String> installed() {
        return version("go");
    }

    /** Fetches a current toolchain as a Go module, with the old Go that is on the PATH. */
    public void fetch(Progress progress) {
        String module = "golang.org/toolchain@v0.0.1-" + FETCHED + "." + platform();
        var step = progress.begin("fetching the Go toolchain " + FETCHED + " as a Go module", FETCHING);
        Output answer = programs.capture(Invocation.of("go", "mod", "download", module)
                .with("GOTOOLCHAIN", "local")
                .with("GOFLAGS", "-mod=mod")
                .in(Path.of("/"))
                .atMost(Duration.ofMinutes(10)));
        if (!answer.ok()) {
            step.failed(answer.err());
            throw new Problem(
                    "go mod download " + module + " failed: " + answer.err(),
                    "Check the network or the variable GOPROXY, or install a current Go by hand.");
        }
        // Modules are unpacked without executable bits.
        Path root = fetchedCommand().getParent().getParent();
        try (var tools = Files.walk(root.resolve("pkg/tool"));
                var commands = Files.walk(root.resolve("bin"))) {
            for (Path file :
                    Stream.concat(tools, commands).filter(Files::isRegularFile).toList()) {
                if (!file.toFile().setExecutable(true, false)) {
                    throw new IOException(file + " cannot be made executable");
                }
            }
        } catch (IOException failed) {
            step.failed(failed.getMessage());
            throw new Problem(
                    "the fetched Go toolchain in " + root + " is not usable: " + failed.getMessage(),
                    "Remove that folder and run again.",
                    failed);
        }
        step.close();
    }

    private Path fetchedCommand() {
        String gopath = environment.getOrDefault(
                "GOPATH", environment.getOrDefault("HOME", System.getProperty("user.home")) + "/go");
        String modules = environment.getOrDefault("GOMODCACHE", gopath.split(":", -1)[0] + "/pkg/mod");
        return Path.of(modules, "golang.org", "toolchain@v0.0.1-" + FETCHED + "." + platform(), "bin", "go");
    }

    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        return os + "-" + (System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64");
    }

    private Optional<String> version(String command) {
        if (programs.find(command).isEmpty()) {
            return Optional.empty();
        }
        // Outside of every module, so that no go.mod makes it switch to another toolchain.
        Output answer = programs.capture(
                Invocation.of(command, "env", "GOVERSION").in(Path.of("/")).atMost(PATIENCE));
        return Optional.of(answer.out()).filter(version -> answer.ok() && version.startsWith("go"));
    }

    private static boolean newEnough(String version) {
        Matcher matcher = VERSION.matcher(version);
        return matcher.find()
                && (Integer.parseInt(matcher.group(1)) > 1 || Integer.parseInt(matcher.group(2)) >= OLDEST_MINOR);
    }
}
