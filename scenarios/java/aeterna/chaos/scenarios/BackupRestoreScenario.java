package aeterna.chaos.scenarios;

import static aeterna.chaos.check.Promises.promotionsAtMost;
import static aeterna.chaos.check.Promises.restoredExactly;
import static aeterna.chaos.check.Promises.servedAgainWithin;
import static aeterna.chaos.junit.Verdicts.assertHeld;
import static java.time.Duration.ofSeconds;

import aeterna.chaos.client.SqlEntrance;
import aeterna.chaos.fault.TruncateTable;
import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.run.Experiment;
import aeterna.chaos.run.Runner;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.workload.RestoredWrites;
import org.junit.jupiter.api.Test;

/**
 * Hypothesis: after somebody emptied a table, the database is restored to the point in time before that: every write acknowledged
 * before the point is back, and none after it (HA page, "PostgreSQL High Availability", 3.6, and the checklist, 10.8).
 */
@ChaosScenario(topology = "three-zones")
@FromPage({"3.6", "10.8"})
class BackupRestoreScenario {
    @Test
    void everyWriteBeforeThePointIsBackAndNoneAfter(Stack stack, Runner runner) {
        var postgres = stack.postgres();
        assertHeld(runner.run(Experiment.that("the database is restored to a point in time exactly")
                .steadyWhen(
                        stack.everythingReady(),
                        stack.backup().archiving(),
                        stack.backup().fullBackup())
                .under(RestoredWrites.through(postgres.direct(), ofSeconds(4), stack.backup()::asOf))
                .warmUp(80)
                .inject(TruncateTable.of(postgres.primary(), "aeterna", SqlEntrance.TABLE))
                .promise(restoredExactly(), servedAgainWithin(ofSeconds(30)), promotionsAtMost(0))));
    }
}
