package aeterna.chaos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes recipes for tests. */
final class RecipeFolder {
    private RecipeFolder() {}

    static void base(Path folder) throws IOException {
        write(folder.resolve("base/image.yaml"), """
                about: a base
                debootstrap: {suite: bookworm, variant: minbase, include: [a, b], exclude: excluded}
                """);
        write(folder.resolve("base/excluded"), "./doc\n");
    }

    static void server(Path folder) throws IOException {
        write(folder.resolve("server/image.yaml"), """
                about: a server
                real: example.org/server:v1
                from: base
                go:
                  - {module: big, package: ./cmd, output: big, tags: small, ldflags: "-s -w"}
                  - {module: little, package: ., output: little}
                wheels: ["thing[extra]==1.2"]
                expect: {big: 2m30s, docker: 15s}
                """);
        write(folder.resolve("server/Dockerfile"), "FROM base\n");
        for (String module : new String[] {"big", "little"}) {
            write(folder.resolve("server").resolve(module).resolve("go.mod"), "module " + module);
            write(folder.resolve("server").resolve(module).resolve("main.go"), "package main");
        }
    }

    /** A recipe of nothing but a Dockerfile. */
    static void plain(Path folder, String name, String more) throws IOException {
        write(folder.resolve(name).resolve("image.yaml"), "about: plain\n" + more + "\n");
        write(folder.resolve(name).resolve("Dockerfile"), "FROM scratch\n");
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
