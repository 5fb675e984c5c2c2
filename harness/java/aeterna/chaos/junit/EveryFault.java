package aeterna.chaos.junit;

import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.fault.FaultKind;
import aeterna.chaos.fault.HeldFault;
import aeterna.chaos.fault.OneShotFault;
import aeterna.chaos.model.Nearest;
import aeterna.chaos.model.Problem;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.wiring.Session;
import aeterna.chaos.wiring.StackAims;
import aeterna.chaos.workload.AckedWrites;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Hypothesis: whatever there is to break, it is seen to break, is undone, and the stack is whole again. One experiment for
 * each kind of fault, or for those that the property {@value #CHOSEN} names.
 */
@ChaosScenario(topology = "three-zones")
public final class EveryFault {
    /** The property that names some of them, separated by commas. */
    public static final String CHOSEN = "chaos.faults";

    @TestFactory
    Stream<DynamicTest> isSeenAndUndone(Session session) {
        return chosen(System.getProperty(CHOSEN, "")).stream()
                .map(kind -> DynamicTest.dynamicTest(kind.toString(), () -> run(session, kind)));
    }

    /** The kinds of those names, all of them when there are none; throws a problem for one that there is not. */
    public static List<FaultKind> chosen(String names) {
        if (names.isBlank()) {
            return List.of(FaultKind.values());
        }
        return Arrays.stream(names.split(","))
                .map(String::strip)
                .map(EveryFault::kind)
                .toList();
    }

    private static FaultKind kind(String name) {
        var known = Arrays.stream(FaultKind.values()).map(FaultKind::toString).toList();
        return Arrays.stream(FaultKind.values())
                .filter(kind -> kind.toString().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(
                        () -> new Problem("there is no kind of fault '" + name + "'", Nearest.remedy(name, known)));
    }

    private static void run(Session session, FaultKind kind) {
        var stack = session.stack();
        var api = AckedWrites.through(stack.api());
        var experiment = Experiment.that("the stack is whole again after " + kind)
                .steadyWhen(stack.everythingReady())
                .under(api)
                .promise(redundantAgainWithin(ofMinutes(4)), noAcknowledgedWriteLost())
                .patience(ofMinutes(5))
                .linger(ofSeconds(1));
        var fault = kind.on(StackAims.of(session.testbed(), stack, session.time()));
        var whole = fault instanceof HeldFault held
                ? experiment.inject(held.holdFor(ofSeconds(10)))
                : experiment.inject((OneShotFault) fault);
        Verdicts.assertHeld(session.runner("EveryFault." + kind).run(whole));
    }
}
