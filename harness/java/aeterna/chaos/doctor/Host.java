package aeterna.chaos.doctor;

import aeterna.chaos.process.Programs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The machine that the doctor looks at.
 *
 * @param root the root of its file system; another folder in tests
 * @param programs its programs
 * @param environment this process's variables
 * @param user who runs this process
 */
public record Host(Path root, Programs programs, Map<String, String> environment, String user) {
    /** More than any of the kernel's files that are looked at. */
    private static final int MOST_READ = 64 * 1024;

    /** The machine that this process runs on. */
    public static Host ofProcess(Programs programs, Map<String, String> environment) {
        return new Host(Path.of("/"), programs, environment, System.getProperty("user.name"));
    }

    boolean isRoot() {
        return user.equals("root");
    }

    /** Whether Debian's packages may be installed without asking: as root, or in CI. */
    boolean mayInstall() {
        boolean allowed = isRoot()
                || (environment.getOrDefault("CI", "").equals("true")
                        && programs.find("sudo").isPresent());
        return allowed && programs.find("apt-get").isPresent();
    }

    /** A file by its absolute path. */
    Path file(String path) {
        return root.resolve(path.substring(1));
    }

    /** What a file holds, without white space around; empty when there is none. */
    Optional<String> read(String path) {
        try {
            // A kernel setting gives itself whole to the first read and nothing to a second one, so that read must be
            // large.
            var buffer = new byte[MOST_READ];
            try (var content = Files.newInputStream(file(path))) {
                int read = Math.max(0, content.read(buffer));
                return Optional.of(new String(buffer, 0, read, StandardCharsets.UTF_8).strip());
            }
        } catch (IOException missing) {
            return Optional.empty();
        }
    }

    /** True when nobody listens on a port of the loopback address. */
    boolean portFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
