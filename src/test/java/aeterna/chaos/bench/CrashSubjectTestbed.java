package aeterna.chaos.bench;

import aeterna.chaos.process.SystemPrograms;
import aeterna.chaos.wiring.CrashSubject;
import aeterna.chaos.wiring.Settings;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What Maven runs when {@code ./chaos bench crash} kills it meanwhile; its name keeps it out of every other run. */
class CrashSubjectTestbed {
    @Test
    void breaksSomethingAndIsKilled() {
        var environment = System.getenv();
        new CrashSubject(
                        Path.of(System.getProperty("chaos.home", "")).toAbsolutePath(),
                        System.getProperty("chaos.testbed", Settings.TESTBED),
                        new SystemPrograms(environment.getOrDefault("PATH", "")),
                        environment,
                        System.out)
                .run(System.getProperty("chaos.crash.fault"), Long.getLong("chaos.crash.seed"));
    }
}
