package aeterna.chaos;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.INTERFACES;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The layers of the design: who may know whom. */
class LayersTest {
    private static final String ROOT = "aeterna.chaos";

    /** Fewer classes than this, and the rules have been looking at nothing. */
    private static final int LEAST_CLASSES = 150;

    /** Each package and the other packages of the project that it may know; only the front doors know whom they like. */
    private static final Map<String, Set<String>> MAY_KNOW = new TreeMap<>(Map.ofEntries(
            Map.entry("model", Set.of()),
            Map.entry("time", Set.of("model")),
            Map.entry("yaml", Set.of("model")),
            Map.entry("process", Set.of("model", "time")),
            Map.entry("jsonl", Set.of("model")),
            Map.entry("history", Set.of("model", "jsonl")),
            Map.entry("journal", Set.of("model", "time", "jsonl", "cluster")),
            Map.entry("expect", Set.of("model", "yaml")),
            Map.entry("attribution", Set.of("model")),
            Map.entry("gate", Set.of("model", "attribution")),
            Map.entry("check", Set.of("model", "attribution")),
            Map.entry("run", Set.of("model", "time", "cluster", "journal", "history", "fault", "workload")),
            Map.entry("console", Set.of("model", "time")),
            Map.entry("image", Set.of("model", "time", "yaml", "process")),
            Map.entry("doctor", Set.of("model", "time", "yaml", "process", "image"))));

    /** What the design keeps apart: these packages do not know each other. */
    private static final Set<String> PEERS = Set.of("fault", "workload", "stack", "check", "audit", "report");

    private static final Set<String> FRONT_DOORS = Set.of("cli", "junit", "wiring", "scenarios");

    private static JavaClasses harness;

    @BeforeAll
    static void read() {
        harness = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(ROOT);
    }

    @Test
    void thereIsSomethingToLookAt() {
        assertThat(harness).hasSizeGreaterThan(LEAST_CLASSES);
        var packages = new TreeSet<String>();
        harness.forEach(found -> packages.add(found.getPackageName()));
        assertThat(packages)
                .contains(
                        ROOT + ".cluster", ROOT + ".cluster.k3s", ROOT + ".cluster.kube", ROOT + ".run", ROOT + ".cli")
                .containsAll(MAY_KNOW.keySet().stream().map(LayersTest::named).toList());
    }

    static Stream<String> lowPackages() {
        return MAY_KNOW.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("lowPackages")
    void aLowPackageKnowsOnlyThoseBelowIt(String name) {
        String[] allowed = Stream.concat(
                        Stream.of(named(name) + ".."),
                        MAY_KNOW.get(name).stream().map(known -> named(known) + ".."))
                .toArray(String[]::new);
        check(classes()
                .that()
                .resideInAPackage(named(name) + "..")
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage(ROOT + "..")).or(resideInAnyPackage(allowed))));
    }

    @Test
    void thePortsKnowTheModelAndNoAdapter() {
        check(classes()
                .that()
                .resideInAPackage(named("cluster"))
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage(ROOT + ".."))
                        .or(resideInAnyPackage(named("cluster"), named("model"), named("time"), named("yaml")))));
    }

    static Stream<String> peers() {
        return PEERS.stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("peers")
    void peersDoNotKnowEachOther(String peer) {
        String[] others = PEERS.stream()
                .filter(other -> !other.equals(peer))
                .map(other -> named(other) + "..")
                .toArray(String[]::new);
        check(noClasses()
                .that()
                .resideInAPackage(named(peer) + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .allowEmptyShould(true));
    }

    @Test
    void theRunnerKnowsNoConcreteFault() {
        check(noClasses()
                .that()
                .resideInAPackage(named("run") + "..")
                .should()
                .dependOnClassesThat(resideInAPackage(named("fault") + "..")
                        .and(not(INTERFACES))
                        .and(new DescribedPredicate<>("are concrete faults") {
                            @Override
                            public boolean test(JavaClass found) {
                                return found.getAllRawInterfaces().stream()
                                                .anyMatch(type -> type.getName().equals(named("fault") + ".Fault"))
                                        && !found.getModifiers().contains(JavaModifier.ABSTRACT);
                            }
                        })));
    }

    @Test
    void packagesFormNoCycles() {
        check(slices().matching(ROOT + ".(**)").should().beFreeOfCycles());
    }

    @Test
    void onlyTheFrontDoorsWire() {
        String[] doors = FRONT_DOORS.stream().map(door -> named(door) + "..").toArray(String[]::new);
        check(noClasses()
                .that()
                .resideOutsideOfPackages(doors)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(doors));
        String[] adapters = {named("cluster.k3s") + "..", named("cluster.kube") + "..", named("console") + ".."};
        check(noClasses()
                .that()
                .resideOutsideOfPackages(Stream.concat(Arrays.stream(doors), Arrays.stream(adapters))
                        .toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(adapters));
    }

    @Test
    void eachLibraryHasItsHome() {
        only("the Kubernetes client", Set.of("cluster.kube"), "io.fabric8.kubernetes.client..");
        only("the Kubernetes model", Set.of("cluster", "stack", "fault", "audit"), "io.fabric8.kubernetes.api.model..");
        only("Testcontainers", Set.of("cluster.k3s"), "org.testcontainers..", "com.github.dockerjava..");
        only("Allure and Micrometer", Set.of("report"), "io.qameta.allure..", "io.micrometer..");
        only("JUnit", Set.of("junit", "scenarios", "cli"), "org.junit..");
        only("picocli", Set.of("cli"), "picocli..");
        only("Awaitility", Set.of("time"), "org.awaitility..");
        only("the YAML parser", Set.of("yaml"), "org.snakeyaml..");
    }

    @Test
    void timeIsReadAndSpentInOnePlace() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(named("time") + "..")
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .orShould()
                .callMethod(TimeUnit.class, "sleep", long.class)
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(LocalDateTime.class, "now")
                .orShould()
                .callMethod(ZonedDateTime.class, "now")
                .orShould()
                .callMethod(OffsetDateTime.class, "now")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ScheduledExecutorService.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Delayed.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Timer.class));
    }

    private static void only(String what, Set<String> homes, String... packages) {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(
                        homes.stream().map(home -> named(home) + "..").toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .as(what + " stays in " + homes));
    }

    private static void check(ArchRule rule) {
        rule.check(harness);
    }

    private static String named(String name) {
        return ROOT + "." + name;
    }
}
