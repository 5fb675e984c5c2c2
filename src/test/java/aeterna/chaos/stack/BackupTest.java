package aeterna.chaos.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.client.SqlEntrance;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.fakes.FakeCluster;
import aeterna.chaos.model.Problem;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackupTest {
    private static final String WHOLE =
            "[{\"archive\":[{\"database\":{\"id\":2},\"id\":\"15-2\",\"max\":\"000000020000000000000009\"}],"
                    + "\"db\":[{\"id\":1},{\"id\":2}],\"backup\":[{\"database\":{\"id\":2},\"error\":false,\"label\":\"20260501-020000F\",\"type\":\"full\"}],"
                    + "\"status\":{\"code\":0,\"message\":\"ok\"}}]";

    private final FakeCluster cluster = new FakeCluster();
    private final Map<String, String> restored = new HashMap<>();
    private final Backup backup = new Backup(
            cluster,
            "aeterna",
            new Postgres(
                    cluster,
                    "aeterna",
                    false,
                    new SqlEntrance("postgres", 1, new SqlEntrance.Login("a", "b", "c")),
                    SqlEntrance.toStandbys("postgres replicas", 1, new SqlEntrance.Login("a", "b", "c"))),
            Optional.empty(),
            this::scratchInstance);
    private String archiver = "f|0|000000020000000000000009|-";
    private String info = WHOLE;
    private String function = "t";
    private String phase = "Running";

    BackupTest() {
        cluster.pod(
                "aeterna-postgres-2",
                "node-1",
                Map.of(
                        "cnpg.io/cluster", "aeterna-postgres",
                        "cnpg.io/podRole", "instance",
                        "cnpg.io/instanceRole", "primary"));
        cluster.annotations.put("aeterna-postgres-rw", Map.of("leader", "aeterna-postgres-2"));
        cluster.exec = command -> {
            if (command.contains("pg_ls_archive_statusdir")) {
                return archiver + "\n";
            }
            if (command.contains("--output=json info")) {
                return info;
            }
            if (command.contains("pg_switch_wal")) {
                return "000000020000000000000009\n";
            }
            if (command.contains("last_archived_wal >= '000000020000000000000009'")) {
                return "t\n";
            }
            if (command.contains("to_regprocedure")) {
                return function + "\n";
            }
            return command.contains("tail") ? "ERROR: [087]: stanza is broken\n" : "";
        };
    }

    /** Made when it is applied, and at once as far as it gets. */
    private List<String> scratchInstance(Map<String, String> values) {
        restored.putAll(values);
        var name = values.get("restore.name");
        cluster.pods.put(
                name,
                new PodStatus(
                        "aeterna",
                        name,
                        "node-1",
                        phase,
                        phase.equals("Running"),
                        false,
                        "1",
                        0,
                        "10.0.0.9",
                        Map.of("app.kubernetes.io/name", "aeterna-postgres-restored"),
                        "",
                        ""));
        return List.of("kind: Pod");
    }

    @Test
    void archivesWhenTheLastAttemptWentWellAndNothingPilesUp() {
        assertThat(backup.archiving().look().steady()).isTrue();

        archiver = "t|1|000000020000000000000009|00000002000000000000000A";
        assertThat(backup.archiving().look()).satisfies(look -> {
            assertThat(look.steady()).isFalse();
            assertThat(look.seen()).contains("failed with 00000002000000000000000A");
        });

        archiver = "f|30|000000020000000000000009|-";
        assertThat(backup.archiving().look()).satisfies(look -> {
            assertThat(look.steady()).isFalse();
            assertThat(look.seen()).contains("30 files wait");
        });
    }

    @Test
    void aNewPrimaryThatHadNothingToArchiveYetIsNotFailing() {
        archiver = "f|0|-|-";

        assertThat(backup.archiving().look().steady()).isTrue();
    }

    @Test
    void onlyAWholeFullBackupCounts() {
        assertThat(backup.fullBackup().look().seen())
                .isEqualTo("full backup 20260501-020000F, WAL up to 000000020000000000000009");

        info = WHOLE.replace("\"error\":false", "\"error\":true");
        assertThat(backup.fullBackup().look().steady()).isFalse();

        info = WHOLE.replace("\"type\":\"full\"", "\"type\":\"incr\"");
        assertThat(backup.fullBackup().look().steady()).isFalse();
    }

    @Test
    void theBackupOfADatabaseThatWasMadeAnewIsNone() {
        info = WHOLE.replace("\"database\":{\"id\":2},\"error\"", "\"database\":{\"id\":1},\"error\"");

        assertThat(backup.fullBackup().look().steady()).isFalse();
    }

    @Test
    void preparesUntilThereIsABackupAndNotLonger() {
        var profile = Profile.read(Path.of("stack"), "recommended");
        backup.settle(profile);
        assertThat(cluster.acts).noneMatch(act -> act.contains("prepare-backups >"));

        function = "f";
        assertThatThrownBy(() -> backup.settle(profile))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("being prepared: the primary has no function backup.take");
        assertThat(cluster.acts).last().asString().contains("prepare-backups >");

        function = "t";
        info = "[]";
        assertThatThrownBy(() -> backup.settle(profile))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("no full backup");
    }

    @Test
    void withoutABackupItSaysWhatPreparingItSays() {
        info = "[{\"archive\":[],\"backup\":[],\"status\":{\"code\":1,\"message\":\"missing stanza path\"}}]";

        assertThat(backup.fullBackup().look()).satisfies(look -> {
            assertThat(look.steady()).isFalse();
            assertThat(look.seen()).contains("missing stanza path").contains("ERROR: [087]");
        });
    }

    @Test
    void restoresToATimeAndAsksTheScratchInstance() {
        var database = backup.restoreTo(Instant.parse("2026-05-01T12:00:00.123456Z"));

        assertThat(restored)
                .containsEntry("restore.time", "2026-05-01 12:00:00.123456+00")
                .containsEntry("restore.name", "aeterna-postgres-restored");
        cluster.exec = command -> "1|run-1\n2|run-2\n";
        assertThat(database.kept("run-")).isEqualTo(Map.of("run-1", 1, "run-2", 2));
        assertThat(cluster.acts.get(cluster.acts.size() - 1))
                .startsWith("exec aeterna-postgres-restored psql")
                .contains("starts_with(key, 'run-')");
    }

    @Test
    void aRestoreThatGivesUpSaysWhatItSaid() {
        phase = "Failed";
        cluster.logs.put("aeterna-postgres-restored", "recovery ended before configured recovery target was reached");

        assertThatThrownBy(() -> backup.restoreTo(Instant.EPOCH))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("as of 1970-01-01T00:00:00Z could not be restored: it gave up")
                .hasMessageContaining("recovery ended before");
    }

    @Test
    void whatIsCommittedIsInTheArchiveOnceThePrimaryHandedItOver() {
        backup.archiveNow();

        assertThat(cluster.acts)
                .anyMatch(act -> act.contains("pg_current_xact_id"))
                .last()
                .asString()
                .contains("last_archived_wal >= '000000020000000000000009'");
    }
}
