package aeterna.chaos.image;

import aeterna.chaos.model.Problem;
import aeterna.chaos.process.Invocation;
import aeterna.chaos.process.Output;
import aeterna.chaos.process.Programs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The container engine, driven by its command line, which every kind of engine set-up has. */
final class Engine {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Programs programs;

    Engine(Programs programs) {
        this.programs = programs;
    }

    /** What every image in the engine is called, by one call. */
    Set<String> references() {
        Output listed =
                ask("image", "ls", "--digests", "--format", "{{.Repository}}:{{.Tag}} {{.Repository}}@{{.Digest}}");
        return listed.out()
                .lines()
                .flatMap(line -> List.of(line.split(" ")).stream())
                .filter(reference -> !reference.contains("<none>"))
                .collect(Collectors.toSet());
    }

    /** Where the engine keeps images, if that is on this machine. */
    Optional<Path> root() {
        return Optional.of(ask("info", "--format", "{{.DockerRootDir}}").out())
                .filter(root -> root.startsWith("/"))
                .map(Path::of);
    }

    private Output ask(String... arguments) {
        var command = new ArrayList<String>(List.of("docker"));
        command.addAll(List.of(arguments));
        if (programs.find("docker").isEmpty()) {
            throw new Problem(
                    "there is no docker command on this machine",
                    "Install Docker (on Debian: apt-get install docker.io); ./chaos doctor does it as root.");
        }
        Output answer = programs.capture(Invocation.of(command).atMost(PATIENCE));
        if (answer.ok()) {
            return answer;
        }
        String why = answer.err().lines().reduce((first, last) -> last).orElse("exit code " + answer.exitCode());
        if (answer.err().contains("permission denied")) {
            throw new Problem(
                    "you may not use the container engine: " + why,
                    "Join the group docker (usermod -aG docker $USER, then log in again), or run as root.");
        }
        throw new Problem(
                "the container engine does not answer: " + why,
                "Start it (systemctl start docker, or Docker Desktop); ./chaos doctor starts one as root.");
    }

    /** What the engine calls the image; the default registry and its default folder are left out. */
    static String familiar(String reference) {
        String name = reference.startsWith("docker.io/") ? reference.substring("docker.io/".length()) : reference;
        return name.startsWith("library/") ? name.substring("library/".length()) : name;
    }

    /** The registry's host that an image is pulled from. */
    static String registryHost(String reference) {
        int slash = reference.indexOf('/');
        String first = slash < 0 ? "" : reference.substring(0, slash);
        boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
        return host && !first.equals("docker.io") ? first : "registry-1.docker.io";
    }
}
