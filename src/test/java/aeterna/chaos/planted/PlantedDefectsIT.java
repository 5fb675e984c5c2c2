package aeterna.chaos.planted;

import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.servedAgainWithin;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fault.KillPod;
import aeterna.chaos.fault.NoFault;
import aeterna.chaos.fault.PowerOffWithStandbysBehind;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.model.Ledger;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Result;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.wiring.Session;
import aeterna.chaos.workload.AckedWrites;
import aeterna.chaos.workload.Reads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The harness itself is tested on the real stack: a planted defect must come out BROKEN, a fault that does nothing VOID. */
@ChaosScenario
class PlantedDefectsIT {
    private Session session;

    @BeforeEach
    void remember(Session given) {
        session = given;
    }

    @AfterEach
    void theStackAsItShouldBe() {
        session.deploy(session.stack());
    }

    @Test
    void aFaultThatDoesNothingProvesNothing(Stack stack, Runner runner) {
        var result = runner.run(Experiment.that("a fault that does nothing is told from one that was survived")
                .steadyWhen(stack.everythingReady())
                .under(AckedWrites.through(stack.api()))
                .inject(NoFault.on(stack.api().anyPod()))
                .promise(servedAgainWithin(ofSeconds(30)), noAcknowledgedWriteLost())
                .patience(ofSeconds(20)));
        assertThat(result.verdict()).as(result.because()).isEqualTo(Verdict.VOID);
    }

    @Test
    void asynchronousReplicationLosesWhatNoStandbyHas(Runner runner) {
        var stack = session.stack(session.stack()
                .profile()
                .with("postgres.synchronousMode", "off")
                .with("postgres.synchronousModeStrict", "false"));
        session.deploy(stack);
        var postgres = stack.postgres();
        var result = runner.run(Experiment.that("what one disk alone holds is lost with its machine")
                .steadyWhen(stack.everythingReady(), postgres.standbysStreaming(2))
                .under(AckedWrites.through(stack.api()), AckedWrites.through(stack.pooler()))
                .inject(new PowerOffWithStandbysBehind(
                                postgres.primary(), postgres.standbys(), ofSeconds(2), session.time())
                        .untilServed())
                .promise(noAcknowledgedWriteLost())
                .patience(ofMinutes(3)));
        assertThat(result.verdict()).as(result.because()).isEqualTo(Verdict.BROKEN);
        assertThat(ledger(result).lost()).as("the lost writes are listed").isNotEmpty();
    }

    @Test
    void aSingleReplicaThatStartsTooSlowlyBreaksThePromise(Runner runner) {
        var stack = session.stack(session.stack()
                .profile()
                .with("api.minReplicas", "1")
                .with("api.maxReplicas", "1")
                .with("api.minAvailable", "0")
                .with("api.startDelay", "40s"));
        session.deploy(stack);
        var result = runner.run(Experiment.that("one API replica that takes 40 s to start is not back within 30 s")
                .steadyWhen(stack.everythingReady())
                .under(AckedWrites.through(stack.api()), Reads.through(stack.api()))
                .inject(KillPod.of(stack.api().anyPod()).abruptly())
                .promise(servedAgainWithin(ofSeconds(30)), noAcknowledgedWriteLost())
                .patience(ofMinutes(3)));
        assertThat(result.verdict()).as(result.because()).isEqualTo(Verdict.BROKEN);
        assertThat(result.because()).contains("promised 30 s");
    }

    private static Ledger ledger(Result result) {
        return Ledger.of(result.history());
    }
}
