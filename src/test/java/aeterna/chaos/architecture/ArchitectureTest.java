package aeterna.chaos.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fault.Aimed;
import aeterna.chaos.fault.Fault;
import aeterna.chaos.model.Promise;
import aeterna.chaos.workload.Workload;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The layers of the design, checked; a layering rule that no tool checks rots. */
class ArchitectureTest {
    private static final String ROOT = "aeterna.chaos.";
    /** Packages that do not know each other, though all of them may know {@code model} and the ports. */
    private static final List<String> STRANGERS = List.of("fault", "workload", "stack", "check", "audit", "report");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("aeterna.chaos");

    @Test
    void theRulesDoNotPassOnNothing() {
        assertThat(CLASSES.size()).isGreaterThan(150);
        assertThat(CLASSES.stream().map(JavaClass::getPackageName).distinct()).hasSizeGreaterThan(12);
    }

    @Test
    void theModelKnowsNobody() {
        classes()
                .that()
                .resideInAPackage(ROOT + "model")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(ROOT + "model", "java.."))
                .check(CLASSES);
    }

    @Test
    void portsKnowTheModel() {
        classes()
                .that()
                .resideInAPackage(ROOT + "cluster")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(ROOT + "cluster", ROOT + "model", ROOT + "yaml", "java..")
                        .or(resideOutsideOfPackages("aeterna.chaos..")))
                .check(CLASSES);
    }

    @Test
    void judgesKnowTheModelAlone() {
        classes()
                .that()
                .resideInAPackage(ROOT + "check..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(ROOT + "check..", ROOT + "model", "java.."))
                .check(CLASSES);
    }

    @TestFactory
    Stream<DynamicTest> strangersDoNotKnowEachOther() {
        return STRANGERS.stream()
                .map(one -> DynamicTest.dynamicTest(
                        one,
                        () -> noClasses()
                                .that()
                                .resideInAPackage(ROOT + one + "..")
                                .should()
                                .dependOnClassesThat(resideInAnyPackage(STRANGERS.stream()
                                        .filter(other -> !other.equals(one))
                                        .map(other -> ROOT + other + "..")
                                        .toArray(String[]::new)))
                                .allowEmptyShould(true)
                                .check(CLASSES)));
    }

    @Test
    void theRunnerKnowsNoConcreteFaultWorkloadOrPromise() {
        var concrete = describe(
                "concrete faults, workloads or promises",
                (JavaClass type) -> !type.isInterface()
                        && !type.getPackageName().equals(ROOT + "run")
                        && Stream.of(Fault.class, Aimed.class, Workload.class, Promise.class)
                                .anyMatch(type::isAssignableTo));
        noClasses()
                .that()
                .resideInAPackage(ROOT + "run")
                .should()
                .dependOnClassesThat(concrete)
                .orShould()
                .dependOnClassesThat(resideInAnyPackage(ROOT + "stack..", ROOT + "check..", ROOT + "report.."))
                .check(CLASSES);
    }

    @Test
    void packagesFormNoCycles() {
        slices().matching(ROOT + "(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void timeIsReadAndSpentInOnePlace() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "time")
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .dependOnClassesThat(resideInAnyPackage("org.awaitility.."))
                .check(CLASSES);
    }

    @Test
    void librariesStayInTheirAdapters() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cluster.kube")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.fabric8.kubernetes.client.."))
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cluster.k3s")
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.testcontainers.."))
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "report")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.qameta.allure..", "io.micrometer.."))
                .check(CLASSES);
    }
}
