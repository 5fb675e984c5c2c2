package aeterna.chaos.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import aeterna.chaos.check.Promises;
import aeterna.chaos.cluster.Healing;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.fault.FaultKind;
import aeterna.chaos.fault.HeldFault;
import aeterna.chaos.fault.OneShotFault;
import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.journal.Journal;
import aeterna.chaos.junit.OnTestbed;
import aeterna.chaos.model.Client;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Expectation;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Progress;
import aeterna.chaos.model.Setting;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.Trial;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.planted.Sabotaged.How;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Result;
import aeterna.chaos.run.Runner;
import aeterna.chaos.run.Surroundings;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.time.Waiting;
import aeterna.chaos.wiring.StackAims;
import aeterna.chaos.workload.Connector;
import aeterna.chaos.workload.OpenLoop;
import aeterna.chaos.workload.Reader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kind of witness on the real cluster: an act that did nothing, one that reached half a zone and one that reached
 * another zone are told from one that landed.
 */
@OnTestbed
class SabotageIT {
    /** When to stop looking for what never comes; a look takes half a second at most. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Waiting RETURNS = Waiting.atMost(Duration.ofSeconds(90));

    /** Made of others, or of what this testbed cannot do. */
    private static final Set<FaultKind> WITHOUT_WITNESS = EnumSet.of(
            FaultKind.TOGETHER,
            FaultKind.IN_SEQUENCE,
            FaultKind.REPEATEDLY,
            FaultKind.FILL_VOLUME,
            FaultKind.SKEW_CLOCK);

    private static final List<FaultKind> OF_ZONES =
            List.of(FaultKind.FREEZE_ZONE, FaultKind.ISOLATE_ZONE, FaultKind.POWER_OFF_ZONE);

    private final Timekeeper time = Timekeeper.system();

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> anActThatDoesNothingIsVoid(Testbed testbed, Stack stack) {
        var kinds = oneOfEachWitness();
        assertThat(kinds).hasSizeGreaterThan(12);
        return kinds.stream()
                .map(kind -> dynamicTest(kind + " that does nothing", () -> {
                    var result = run(testbed, stack, kind, How.NOTHING);
                    assertThat(result.verdict()).as(result.because()).isEqualTo(Verdict.VOID);
                    assertThat(result.because())
                            .containsAnyOf("did not land", "could not inject", "still not injected");
                    assertThat(result.history().all(Entry.Sighted.class))
                            .allMatch(look -> look.sighting().seen() == Seen.NOTHING);
                }));
    }

    @TestFactory
    Stream<DynamicTest> halfAZoneIsVoid(Testbed testbed, Stack stack) {
        return OF_ZONES.stream()
                .map(kind -> dynamicTest(kind + " that reaches half of it", () -> {
                    var result = run(testbed, stack, kind, How.PARTLY);
                    assertThat(result.verdict()).as(result.because()).isEqualTo(Verdict.VOID);
                    assertThat(result.because()).startsWith("the fault did not land: PARTLY");
                }));
    }

    @TestFactory
    Stream<DynamicTest> anotherZoneIsVoid(Testbed testbed, Stack stack) {
        return OF_ZONES.stream()
                .map(kind -> dynamicTest(kind + " that reaches another", () -> {
                    var result = run(testbed, stack, kind, How.ELSEWHERE);
                    assertThat(result.verdict()).as(result.because()).isEqualTo(Verdict.VOID);
                    assertThat(result.because()).startsWith("the fault hit somebody else");
                }));
    }

    private static Collection<FaultKind> oneOfEachWitness() {
        var kinds = new LinkedHashMap<String, FaultKind>();
        for (var kind : FaultKind.values()) {
            if (!WITHOUT_WITNESS.contains(kind)) {
                kinds.put(kind.witness(), kind);
            }
        }
        return kinds.values();
    }

    private Result run(Testbed testbed, Stack stack, FaultKind kind, How how) {
        var sabotaged = Sabotaged.testbed(testbed, how);
        var fault = kind.on(StackAims.of(sabotaged, stack, time));
        var experiment = Experiment.that("sabotage is seen")
                .steadyWhen(SteadyCheck.named("nothing is asked", () -> new SteadyCheck.Look(true, "")))
                .under(idly())
                .promise(Promises.servedAgainWithin(Duration.ofSeconds(30)))
                .patience(PATIENCE)
                .linger(Duration.ZERO)
                .warmUp(1);
        experiment = fault instanceof HeldFault held
                ? experiment.inject(held.holdFor(PATIENCE))
                : experiment.inject((OneShotFault) fault);
        try (var histories = HistoryFile.open(folder.resolve(kind + "-" + how + ".jsonl"))) {
            var setting = new Setting(
                    "sabotage",
                    kind.toString(),
                    Trial.ONLY,
                    1,
                    testbed.provider(),
                    testbed.topology().name(),
                    "",
                    new TreeMap<>(),
                    Expectation.held(),
                    List.of());
            var runner = new Runner(
                    sabotaged,
                    time,
                    new Journal(folder.resolve("journal.jsonl"), time),
                    histories,
                    new Surroundings(setting, List.of(), List.of(), folder),
                    Progress.none());
            return runner.run(experiment);
        } finally {
            // The way back leads to where the act was meant to go, and not to where sabotage took it.
            Healing.of(testbed.machines()).heal();
            // Nothing was done to anybody, or a zone was away for a moment.
            assertThat(how == How.NOTHING
                            || RETURNS.untilTrue(
                                    () -> stack.everythingReady().look().steady()))
                    .as("the stack is steady again")
                    .isTrue();
        }
    }

    private static OpenLoop idly() {
        var client = new Client(
                "idle", Op.Kind.READ, Op.Connection.REUSED, Duration.ofMillis(200), Duration.ofSeconds(1), 1);
        return new OpenLoop(
                client, () -> (key, deadline) -> Connector.Answer.ok().now(), Reader.none());
    }
}
