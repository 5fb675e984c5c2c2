package aeterna.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.fakes.FakeWorld;
import aeterna.chaos.fakes.FakeWorld.Sabotage;
import aeterna.chaos.fakes.Rig;
import aeterna.chaos.journal.Healer;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Result;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every fault of the catalogue: it is seen if and only if it lands where it was aimed, and it is undone whole. */
class FaultContractTest {
    /** What these two need, this world has not: see their own tests. */
    private static final Set<FaultKind> ELSEWHERE = EnumSet.of(FaultKind.SKEW_CLOCK);

    @TempDir
    Path folder;

    private final FakeWorld world = new FakeWorld();

    static Stream<FaultKind> all() {
        return Stream.of(FaultKind.values()).filter(kind -> !ELSEWHERE.contains(kind));
    }

    static Stream<FaultKind> held() {
        return all().filter(kind -> new FaultContractTest().fault(kind, new FakeTime()) instanceof HeldFault);
    }

    private Fault fault(FaultKind kind, FakeTime time) {
        var targets = Targets.on(world.testbed());
        var pods = pods("aeterna/app-1", "aeterna/app-3");
        return kind.on(new FaultKind.Aims(
                pods,
                pods,
                targets.nodeOf(pods),
                targets.zone("zone-b"),
                targets.zone("zone-c"),
                "main",
                "/data",
                time));
    }

    private static Target pods(String... ids) {
        return new Target() {
            @Override
            public Hit resolve(RandomGenerator ignored) {
                return Hit.of(List.of(ids), List.of(), List.of());
            }

            @Override
            public String toString() {
                return "the victims";
            }
        };
    }

    private Result run(FaultKind kind, Sabotage sabotage) {
        return run(kind, sabotage, () -> {});
    }

    private Result run(FaultKind kind, Sabotage sabotage, Runnable meanwhile) {
        var rig = new Rig(folder);
        world.sabotage = sabotage;
        var fault = fault(kind, rig.time);
        var experiment = rig.experiment();
        experiment = fault instanceof HeldFault held
                ? experiment.inject(held.holdFor(Duration.ofSeconds(30)))
                : experiment.inject((OneShotFault) fault);
        rig.time.at(Duration.ofSeconds(20).toNanos(), meanwhile);
        return run(rig, experiment);
    }

    private Result run(Rig rig, Experiment experiment) {
        return rig.runner(world.testbed()).run(experiment);
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatLandsIsSeenAndLeavesNothingBehind(FaultKind kind) {
        var before = world.state();

        var result = run(kind, Sabotage.NONE);

        assertThat(result.because()).isEqualTo("every promise was kept");
        assertThat(result.verdict()).isEqualTo(Verdict.HELD);
        assertThat(world.state()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("all")
    void aNoOpTwinIsVoid(FaultKind kind) {
        assertVoid(run(kind, Sabotage.NOTHING));
    }

    @ParameterizedTest
    @MethodSource("all")
    void theWrongTargetIsVoid(FaultKind kind) {
        assertVoid(run(kind, Sabotage.ELSEWHERE));
    }

    @ParameterizedTest
    @MethodSource("all")
    void halfAZoneIsVoid(FaultKind kind) {
        assertVoid(run(kind, Sabotage.PARTLY));
    }

    @ParameterizedTest
    @MethodSource("all")
    void anActThatDiesHalfDoneIsVoidAndUndone(FaultKind kind) {
        var before = world.state();

        assertVoid(run(kind, Sabotage.HALF));

        assertThat(world.state()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("held")
    void oneThatEndsEarlyIsVoid(FaultKind kind) {
        var result = run(kind, Sabotage.NONE, world::endEarly);

        assertVoid(result);
        assertThat(result.because()).contains("did not stay in place");
    }

    private static void assertVoid(Result result) {
        assertThat(result.verdict()).as(result.because()).isEqualTo(Verdict.VOID);
        assertThat(result.because())
                .containsAnyOf("did not land", "hit somebody else", "could not inject", "did not stay in place");
    }

    @ParameterizedTest
    @MethodSource("all")
    void aimingTouchesNothingAndHealingWhatNeverHappenedDoesNothing(FaultKind kind) {
        var before = world.state();
        var aimed = aim(kind);
        assertThat(aimed.witness().look().seen()).isEqualTo(Seen.NOTHING);

        heal(aimed.planned());
        heal(aimed.planned());

        assertThat(world.state()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("held")
    void healingTwiceIsHealingOnce(FaultKind kind) throws Exception {
        var before = world.state();
        var aimed = aim(kind);
        aimed.inject();
        assertThat(world.state()).isNotEqualTo(before);

        heal(aimed.planned());
        heal(aimed.planned());

        assertThat(world.state()).isEqualTo(before);
        assertThat(aimed.witness().look().seen()).isEqualTo(Seen.NOTHING);
    }

    @ParameterizedTest
    @MethodSource("all")
    void theSameSeedOnTheSameTestbedPicksTheSame(FaultKind kind) {
        assertThat(aim(kind).planned()).isEqualTo(aim(kind).planned());
    }

    private Aimed aim(FaultKind kind) {
        return fault(kind, new FakeTime()).aim(world.testbed(), new Random(7));
    }

    private void heal(Injected injected) {
        var healer = Healer.through(world.testbed());
        for (int i = injected.undo().size() - 1; i >= 0; i--) {
            healer.heal(injected.undo().get(i));
        }
    }

    @Test
    void aClockThatNobodyCanChangeIsNotApplicableAndSaysSo() {
        assertThatThrownBy(() -> aim(FaultKind.SKEW_CLOCK))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("not applicable")
                .hasMessageContaining("clocks");
    }

    @ParameterizedTest
    @EnumSource(FaultKind.class)
    void everyKindSaysWhatItIs(FaultKind kind) {
        assertThat(fault(kind, new FakeTime()).toString()).doesNotContain("@").hasSizeGreaterThan(10);
        assertThat(kind.witness()).isNotBlank();
        assertThat(fault(kind, new FakeTime()).requires()).isNotNull();
    }

    @Test
    void everyFaultIsInTheCatalogue() {
        var classes = new ClassFileImporter()
                .importPackagesOf(Fault.class).stream()
                        .filter(found -> found.isAssignableTo(Fault.class))
                        .filter(found ->
                                !found.isInterface() && !found.getModifiers().contains(JavaModifier.ABSTRACT))
                        .filter(found -> !found.getSimpleName().isEmpty())
                        .map(JavaClass::getSimpleName)
                        .collect(Collectors.toSet());
        var catalogue = Stream.of(FaultKind.values())
                .map(kind -> fault(kind, new FakeTime()).getClass().getSimpleName())
                .collect(Collectors.toSet());
        // One tests the harness, the others are experiments' own.
        catalogue.addAll(Set.of("NoFault", "PowerOffWithStandbysBehind", "TruncateTable", "RollOut"));
        assertThat(classes).hasSizeGreaterThan(15).isEqualTo(catalogue);
    }
}
