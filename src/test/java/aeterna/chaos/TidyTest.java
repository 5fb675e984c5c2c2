package aeterna.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** House rules that a machine can check, over every file of the project. */
class TidyTest {
    private static final int LONGEST_FILE = 650;
    private static final int LONGEST_LINE = 200;
    /** Fewer files than this, and the rules have been looking at nothing. */
    private static final int LEAST_FILES = 100;

    private static final Set<String> NOT_OURS =
            Set.of(".git", "target", "reports", ".idea", "bin", ".chaos", "node_modules");
    private static final Set<String> GENERATED = Set.of("go.sum");

    private static final Pattern VAGUE_NAME =
            Pattern.compile("(Utils?|Helpers?|Managers?|Constants?)$|^(Base|Abstract)[A-Z]");
    private static final Pattern PATH_OF_A_MACHINE = Pattern.compile("(?<![\\w./}>*-])/(?:work|tmp)/");
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern PACKAGE_REGISTRY = Pattern.compile(String.join(
            "|",
            "proxy\\.golang" + "\\.org",
            "sum\\.golang" + "\\.org",
            "repo1?\\.maven" + "\\.",
            "(deb|security|snapshot)\\.debian" + "\\.org",
            "files\\.pythonhosted" + "\\.",
            "pypi" + "\\.org",
            "registry\\.npmjs" + "\\."));
    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "^\\s*public (?:static |final |sealed |non-sealed |abstract )*(?:class|record|interface|enum|@interface) (\\w+)");

    private static final Map<Path, List<String>> FILES = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        Path home = Path.of("").toAbsolutePath();
        Files.walkFileTree(home, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return NOT_OURS.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!GENERATED.contains(file.getFileName().toString())
                        && !NOT_OURS.contains(file.getFileName().toString())
                        && attributes.isRegularFile()) {
                    try {
                        FILES.put(home.relativize(file), Files.readAllLines(file, StandardCharsets.UTF_8));
                    } catch (CharacterCodingException binary) {
                        // Pictures have no lines to check.
                        return FileVisitResult.CONTINUE;
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Test
    void thereIsSomethingToLookAt() {
        assertThat(FILES).hasSizeGreaterThan(LEAST_FILES).containsKeys(Path.of("pom.xml"), Path.of("chaos"));
        assertThat(java()).hasSizeGreaterThan(LEAST_FILES / 2);
    }

    @Test
    void filesFitIntoAHead() {
        var complaints = new ArrayList<String>();
        java().forEach((file, lines) -> {
            if (lines.size() > LONGEST_FILE) {
                complaints.add(file + " has " + lines.size() + " lines, more than " + LONGEST_FILE);
            }
        });
        assertThat(complaints).isEmpty();
        assertThat(complaintsIn(java(), (line, complain) -> {
                    if (line.length() > LONGEST_LINE) {
                        complain.accept("longer than " + LONGEST_LINE + " characters", line);
                    }
                }))
                .isEmpty();
    }

    @Test
    void namesSayWhatThingsAre() {
        assertThat(java().keySet().stream()
                        .map(file -> file.getFileName().toString().replace(".java", ""))
                        .filter(name -> VAGUE_NAME.matcher(name).find()))
                .isEmpty();
    }

    @Test
    void thePackageRegistriesAreTheUsersChoice() {
        assertThat(complaintsIn(FILES, forbidden(PACKAGE_REGISTRY, "names a package registry's host")))
                .isEmpty();
    }

    @Test
    void noPathOfOneMachine() {
        assertThat(complaintsIn(FILES, forbidden(PATH_OF_A_MACHINE, "names a path of one machine")))
                .isEmpty();
    }

    @Test
    void nothingIsLeftForLater() {
        assertThat(complaintsIn(FILES, forbidden(UNFINISHED, "is unfinished"))).isEmpty();
    }

    @Test
    void everyPublicTypeSaysWhatItIsFor() {
        var complaints = new ArrayList<String>();
        java().forEach((file, lines) -> {
            for (int i = 0; i < lines.size(); i++) {
                var type = PUBLIC_TYPE.matcher(lines.get(i));
                if (type.find() && !documented(lines, i)) {
                    complaints.add(file + ":" + (i + 1) + ": " + type.group(1) + " has no Javadoc");
                }
            }
        });
        assertThat(complaints).isEmpty();
    }

    /** Whether a Javadoc comment ends above a line, annotations in between left out. */
    private static boolean documented(List<String> lines, int type) {
        int above = type - 1;
        while (above >= 0 && !lines.get(above).isBlank() && !lines.get(above).endsWith("*/")) {
            String line = lines.get(above);
            if (line.endsWith(";") || line.endsWith("{") || line.strip().equals("}")) {
                return false;
            }
            above--;
        }
        if (above < 0 || !lines.get(above).endsWith("*/")) {
            return false;
        }
        while (above >= 0 && !lines.get(above).strip().startsWith("/*")) {
            above--;
        }
        return above >= 0 && lines.get(above).strip().startsWith("/**");
    }

    private static Map<Path, List<String>> java() {
        var java = new TreeMap<Path, List<String>>();
        FILES.forEach((file, lines) -> {
            if (file.toString().endsWith(".java")) {
                java.put(file, lines);
            }
        });
        return java;
    }

    private static BiConsumer<String, BiConsumer<String, String>> forbidden(Pattern pattern, String why) {
        return (line, complain) -> {
            if (pattern.matcher(line).find()) {
                complain.accept(why, line);
            }
        };
    }

    private static List<String> complaintsIn(
            Map<Path, List<String>> files, BiConsumer<String, BiConsumer<String, String>> rule) {
        var complaints = new ArrayList<String>();
        files.forEach((file, lines) -> {
            for (int i = 0; i < lines.size(); i++) {
                String place = file + ":" + (i + 1);
                rule.accept(lines.get(i), (why, line) -> complaints.add(place + " " + why + ": " + line.strip()));
            }
        });
        return complaints;
    }
}
