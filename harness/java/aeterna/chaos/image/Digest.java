package aeterna.chaos.image;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeMap;

/** A hash over files and texts that depends on what they hold, never on when or in which order they were written. */
final class Digest {
    private static final int DIGITS = 12;

    private final MessageDigest sha256;

    Digest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Adds a text. */
    Digest add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // Lengths keep "ab" + "c" apart from "a" + "bc".
        sha256.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        sha256.update(bytes);
        return this;
    }

    /** Adds every file below a folder: its path, whether it is executable, what it holds. */
    Digest addTree(Path folder, Set<String> withoutTopLevel) {
        var files = new TreeMap<String, Path>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
                    boolean left = visited.getParent().equals(folder)
                            && withoutTopLevel.contains(visited.getFileName().toString());
                    return left && !visited.equals(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    boolean left = file.getParent().equals(folder)
                            && withoutTopLevel.contains(file.getFileName().toString());
                    if (!left) {
                        files.put(folder.relativize(file).toString().replace('\\', '/'), file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
            for (var file : files.entrySet()) {
                add(file.getKey());
                add(Files.isExecutable(file.getValue()) ? "x" : "-");
                byte[] content = Files.isSymbolicLink(file.getValue())
                        ? Files.readSymbolicLink(file.getValue()).toString().getBytes(StandardCharsets.UTF_8)
                        : Files.readAllBytes(file.getValue());
                sha256.update((content.length + ":").getBytes(StandardCharsets.US_ASCII));
                sha256.update(content);
            }
        } catch (IOException unreadable) {
            throw new Problem(
                    folder + " cannot be read: " + unreadable.getMessage(),
                    "Every file of a recipe must be readable.",
                    unreadable);
        }
        return this;
    }

    /** The hash; the digest is spent afterwards. */
    String hex() {
        return HexFormat.of().formatHex(sha256.digest()).substring(0, DIGITS);
    }
}
