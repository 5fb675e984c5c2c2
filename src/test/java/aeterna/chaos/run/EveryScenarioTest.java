package aeterna.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.fakes.FakeService;
import aeterna.chaos.fakes.FakeWorld.Sabotage;
import aeterna.chaos.fakes.Rig;
import aeterna.chaos.fakes.StackWorld;
import aeterna.chaos.fault.Targets;
import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.EachOf;
import aeterna.chaos.junit.Verdicts.NothingProven;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Topology;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.Timekeeper;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/** Every scenario of the catalogue, in a world where no act does anything, with clients who are always served: nothing is proven. */
class EveryScenarioTest {
    @TempDir
    private Path folder;

    static Stream<Method> experiments() {
        return ReflectionSupport.findAllClassesInPackage(
                        "aeterna.chaos.scenarios",
                        type -> AnnotationSupport.isAnnotated(type, ChaosScenario.class),
                        name -> true)
                .stream()
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> AnnotationSupport.isAnnotated(method, Test.class)
                        || AnnotationSupport.isAnnotated(method, EachOf.class));
    }

    @Test
    void thereAreSome() {
        assertThat(experiments()).hasSizeGreaterThan(30);
    }

    @ParameterizedTest
    @MethodSource("experiments")
    void isVoidUnderAFaultThatDoesNothing(Method experiment) throws Exception {
        var rig = new Rig(folder);
        try (var stack = new StackWorld()) {
            stack.world.sabotage = Sabotage.NOTHING;
            var runner = rig.runner(stack.world.testbed())
                    .changing(real -> real.steadyWhen(rig.check("everything ready"))
                            .under(rig.service.writes(FakeService.client("write new", Rig.SPACING)))
                            .watchedBy()
                            .patience(Duration.ofSeconds(20)));
            assertThatThrownBy(() -> carryOut(experiment, stack, rig, runner)).isInstanceOf(NothingProven.class);
        }
        rig.histories.close();
        var histories = HistoryFile.read(folder.resolve("history.jsonl"));
        assertThat(histories).hasSize(1);
        assertThat(histories.get(0).judged().verdict()).isEqualTo(Verdict.VOID);
        assertThat(histories.get(0).first(Entry.Injecting.class))
                .as("it found whom to hit: " + histories.get(0).judged().because())
                .isPresent();
    }

    /** The first case of several. */
    private static void carryOut(Method experiment, StackWorld stack, Rig rig, Runner runner) throws Throwable {
        var given = List.of(
                stack.stack(rig.time), Targets.on(stack.world.testbed()), stack.world.topology(), rig.time, runner);
        var arguments = Arrays.stream(experiment.getParameterTypes())
                .map(type -> given.stream()
                        .filter(type::isInstance)
                        .findFirst()
                        .orElseGet(() -> firstCase(experiment, type)))
                .toArray();
        var constructor = experiment.getDeclaringClass().getDeclaredConstructor();
        constructor.setAccessible(true);
        experiment.setAccessible(true);
        try {
            experiment.invoke(constructor.newInstance(), arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private static Object firstCase(Method experiment, Class<?> type) {
        var first = experiment.getAnnotation(EachOf.class).value()[0];
        return type.equals(int.class) ? Integer.valueOf(first) : first;
    }

    /** What scenarios are given, so that a new kind of parameter is not forgotten here. */
    @Test
    void scenariosAskForNothingElse() {
        assertThat(experiments().flatMap(experiment -> Arrays.stream(experiment.getParameterTypes())))
                .isSubsetOf(
                        Stack.class,
                        Targets.class,
                        Topology.class,
                        Timekeeper.class,
                        Runner.class,
                        String.class,
                        int.class);
    }
}
