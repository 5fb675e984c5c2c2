package aeterna.chaos.stack;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.model.Evidence;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.SteadyCheck.Look;
import aeterna.chaos.time.Waiting;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The database's WAL and base backups in an object store, from which any time since the oldest backup can be restored. */
public final class Backup implements Component {
    /** Its id everywhere. */
    public static final String ID = "backup";

    static final List<String> IMAGES = List.of("s3", "postgres");

    /** As {@code stack/backup/on-demand/restored.yaml} calls what it makes. */
    private static final String RESTORED = "aeterna-postgres-restored";

    private static final JsonMapper JSON = JsonMapper.shared();

    /** In the notation of PostgreSQL's {@code recovery_target_time}. */
    private static final DateTimeFormatter TARGET =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS'+00'").withZone(ZoneOffset.UTC);

    /** Whether the archiver's last attempt failed, how many files wait for it, and what it did last, on one line each. */
    private static final String ARCHIVER =
            "select coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false),"
                    + " (select count(*) from pg_ls_archive_statusdir() where name like '%.ready'),"
                    + " coalesce(last_archived_wal, '-'), coalesce(last_failed_wal, '-') from pg_stat_archiver";

    /** A few wait while the object store is busy with others, or just after an election; more than these pile up. */
    private static final int WAITING_FILES = 8;

    /** Preparing runs in the pod's background, where its output would be seen by nobody. */
    private static final String PREPARE =
            "flock --nonblock /var/tmp/prepare-backups.lock prepare-backups > /var/tmp/prepare-backups.log 2>&1 < /dev/null &";

    private static final Duration ARCHIVED_WITHIN = Duration.ofMinutes(1);
    private static final Duration RESTORED_WITHIN = Duration.ofMinutes(4);
    private static final Duration GONE_WITHIN = Duration.ofMinutes(1);
    private static final int LOG_LINES = 20;

    private final Cluster cluster;
    private final String namespace;
    private final Postgres postgres;
    private final Optional<String> lacking;
    private final Selection restored;
    private final Function<Map<String, String>, List<String>> scratchInstance;

    /**
     * @param lacking why the database that is there cannot be backed up and restored here; empty when it can
     * @param scratchInstance the manifests of an instance that restores, filled with {@code restore.name} and {@code restore.time}
     */
    Backup(
            Cluster cluster,
            String namespace,
            Postgres postgres,
            Optional<String> lacking,
            Function<Map<String, String>, List<String>> scratchInstance) {
        this.cluster = cluster;
        this.namespace = namespace;
        this.postgres = postgres;
        this.lacking = lacking;
        this.scratchInstance = scratchInstance;
        restored = new Selection(cluster, namespace, Map.of("app.kubernetes.io/name", RESTORED));
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<String> images() {
        return IMAGES;
    }

    @Override
    public List<String> workloads() {
        return List.of("aeterna-s3");
    }

    /** None: clients have no business here. */
    @Override
    public List<Entrance> entrances() {
        return List.of();
    }

    @Override
    public List<SteadyCheck> steady(Profile profile) {
        return lacking.isPresent() ? List.of() : List.of(archiving(), fullBackup());
    }

    /** The primary hands over its WAL: the last attempt did not fail, and files do not pile up. */
    public SteadyCheck archiving() {
        return SteadyCheck.named("backup: WAL is archived", () -> {
            var said = postgres.askPrimary(ARCHIVER).split("\\|");
            if (said.length != 4) {
                return new Look(false, "the archiver says " + String.join("|", said));
            }
            var failing = said[0].equals("t");
            var waiting = Integer.parseInt(said[1]);
            return new Look(
                    !failing && waiting <= WAITING_FILES,
                    (failing ? "the archiver failed with " + said[3] + ", " : "") + waiting
                            + " files wait, the last one archived is " + said[2]);
        });
    }

    /** The object store has a whole base backup of this very database, and WAL. */
    public SteadyCheck fullBackup() {
        return SteadyCheck.named("backup: a full backup is there", () -> {
            var stanza = info().path(0);
            // A database that was made anew is the last of several; what is there of the others does not restore it.
            var database = last(stanza.path("db").valueStream())
                    .map(one -> one.path("id").asInt())
                    .orElse(0);
            var full = last(ofDatabase(stanza.path("backup"), database)
                            .filter(backup -> backup.path("type").asString("").equals("full"))
                            .filter(backup -> !backup.path("error").asBoolean(false)))
                    .map(backup -> backup.path("label").asString(""))
                    .orElse("");
            var wal = last(ofDatabase(stanza.path("archive"), database))
                    .map(archive -> archive.path("max").asString(""))
                    .orElse("");
            if (full.isEmpty() || wal.isEmpty()) {
                return new Look(
                        false,
                        "the object store has " + (full.isEmpty() ? "no full backup" : "no WAL") + " ("
                                + stanza.path("status").path("message").asString("nothing") + "); " + preparing());
            }
            return new Look(true, "full backup " + full + ", WAL up to " + wal);
        });
    }

    private static Stream<JsonNode> ofDatabase(JsonNode list, int database) {
        return list.valueStream()
                .filter(entry -> entry.path("database").path("id").asInt() == database);
    }

    private static <T> Optional<T> last(Stream<T> entries) {
        return entries.reduce((one, later) -> later);
    }

    private JsonNode info() {
        var text = postgres.onPrimary("pgbackrest", "--output=json", "info");
        try {
            return JSON.readTree(text);
        } catch (JacksonException malformed) {
            throw new Problem("pgbackrest info printed no JSON: " + text, "Look at the primary's log.", malformed);
        }
    }

    private String preparing() {
        var log = postgres.onPrimary("sh", "-c", "tail -n 3 /var/tmp/prepare-backups.log 2>/dev/null || true")
                .strip();
        return log.isEmpty() ? "it is being prepared" : "preparing it says: " + log.replaceAll("\\s+", " ");
    }

    /**
     * Makes the place for backups and takes the first one.
     *
     * @throws Problem while that is not done; it goes on in the background of whoever is primary, and is begun again when that one
     *     was lost meanwhile
     */
    @Override
    public void settle(Profile profile) {
        if (lacking.isPresent()) {
            return;
        }
        for (var check : List.of(scheduled(), fullBackup(), archiving())) {
            var look = check.look();
            if (!look.steady()) {
                postgres.onPrimary("sh", "-c", PREPARE);
                throw new Problem("backups are being prepared: " + look.seen(), "Wait until they are.");
            }
        }
    }

    /** The scheduled job has what it calls. */
    private SteadyCheck scheduled() {
        return SteadyCheck.named("backup: the primary takes one when it is asked to", () -> {
            var there = postgres.askPrimary("select to_regprocedure('backup.take(text)') is not null");
            return there.equals("t")
                    ? new Look(true, "backup.take is there")
                    : new Look(false, "the primary has no function backup.take");
        });
    }

    /**
     * Sees to it that everything committed so far is in the archive, and that a time up to now can be restored.
     *
     * @throws Problem when the archive does not have it within a minute
     */
    public void archiveNow() {
        // A recovery ends at a time only if it meets something that was committed later.
        postgres.askPrimary("select pg_current_xact_id()");
        var finished = postgres.askPrimary("select pg_walfile_name(pg_switch_wal())");
        var archived = Waiting.atMost(ARCHIVED_WITHIN)
                .untilTrue(() -> postgres.askPrimary(
                                "select coalesce(last_archived_wal >= '" + finished + "', false) from pg_stat_archiver")
                        .equals("t"));
        if (!archived) {
            throw new Problem(
                    "the archive did not have " + finished + " within " + ARCHIVED_WITHIN.toSeconds() + " s: "
                            + archiving().look().seen(),
                    "See whether the object store runs with `./chaos status`.");
        }
    }

    /**
     * The database as it was at a time, in a scratch instance of its own; the cluster is left alone and need not exist any more.
     *
     * @param time not before the first backup's end; something committed later must be in the archive, see {@link #archiveNow}
     * @throws Problem when it cannot be restored, with the last lines of what was tried
     */
    public RestoredDatabase restoreTo(Instant time) {
        lacking.ifPresent(why -> {
            throw new Problem(
                    "the database cannot be restored here: " + why, "Run it with --flavour postgres=offline.");
        });
        remove();
        scratchInstance
                .apply(Map.of("restore.name", RESTORED, "restore.time", TARGET.format(time)))
                .forEach(cluster::apply);
        var ended = Waiting.atMost(RESTORED_WITHIN)
                .every(Duration.ofMillis(500))
                .until(this::scratch, pod -> pod.isPresent() && (pod.get().ready() || failed(pod.get())))
                .flatMap(pod -> pod);
        if (ended.filter(PodStatus::ready).isEmpty()) {
            throw new Problem(
                    "the database as of " + time + " could not be restored: "
                            + (ended.isEmpty()
                                    ? "not done within " + RESTORED_WITHIN.toMinutes() + " min"
                                    : "it gave up")
                            + "\n" + cluster.log(namespace, RESTORED, false, LOG_LINES),
                    "Restore to a time between the first backup and the last archived commit.");
        }
        return new RestoredDatabase(cluster, namespace, RESTORED, this::remove);
    }

    /** The database as of a time that is past, whatever became of it since: archives what is there, then restores. */
    public RestoredDatabase asOf(Instant time) {
        archiveNow();
        return restoreTo(time);
    }

    private Optional<PodStatus> scratch() {
        return restored.pods().stream().findFirst();
    }

    private static boolean failed(PodStatus pod) {
        return pod.phase().equals("Failed") || pod.phase().equals("Succeeded");
    }

    private void remove() {
        scratch().ifPresent(pod -> {
            cluster.deletePod(namespace, pod.name(), pod.uid(), Optional.of(Duration.ZERO));
            if (!Waiting.atMost(GONE_WITHIN).untilTrue(() -> scratch().isEmpty())) {
                throw new Problem(
                        "the pod " + RESTORED + " of an earlier restore does not go away",
                        "Delete it with `./chaos kubectl -n " + namespace + " delete pod " + RESTORED + " --force`.");
            }
        });
    }

    /** What the object store has, as pgBackRest tells it. */
    @Override
    public List<Evidence> evidence() {
        return lacking.isPresent()
                ? List.of()
                : List.of(Evidence.named("the backups", folder -> {
                    Files.writeString(
                            folder.resolve("backups.txt"),
                            postgres.onPrimary("pgbackrest", "info") + "\n"
                                    + archiving().look().seen() + "\n");
                }));
    }

    @Override
    public String toString() {
        return ID;
    }
}
