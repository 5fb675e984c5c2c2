package aeterna.chaos.report;

import static aeterna.chaos.check.Promises.neverTwoPrimaries;
import static aeterna.chaos.check.Promises.noAcknowledgedWriteLost;
import static aeterna.chaos.check.Promises.redundantAgainWithin;
import static aeterna.chaos.check.Promises.servedAgainWithin;

import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.model.Client;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Expectation;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Hold;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Setting;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.Trial;
import aeterna.chaos.model.Undo;
import aeterna.chaos.model.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A run as it could have been: one scenario HELD, one BROKEN with an outage of known length and lost writes, one VOID. The
 * verdicts come from the real checkers. {@code main} writes it into a folder, to be looked at.
 */
final class SampleRun {
    static final String RUN = "2026-11-24T16-20-00";
    static final String HOSTILE =
            "</script><script>alert(1)</script><img src=x onerror=\"alert('2')\"> & \u001b[31m \u2028";
    /** The act of the broken scenario makes everything dark for that long. */
    static final Duration DARK = Duration.ofMillis(47_300);
    /** How many acknowledged writes of the broken scenario are gone. */
    static final int LOST = 14;

    private final List<Entry> entries = new ArrayList<>();
    private final Random random = new Random(7);
    private final List<Promise> promises;

    private SampleRun(Promise... promises) {
        this.promises = List.of(promises);
    }

    public static void main(String[] arguments) throws IOException {
        var reports = new Reports(Path.of(arguments[0]));
        var folder = write(reports);
        Report.read(folder).write();
        reports.markLatest(folder);
        System.out.print(VerdictTable.of(Report.read(folder).histories()));
    }

    /** Writes the run's histories and some evidence. */
    static RunFolder write(Reports reports) throws IOException {
        return write(reports, List.of(held(), broken(), voided()));
    }

    static RunFolder write(Reports reports, List<History> histories) throws IOException {
        var folder = reports.begin(RUN);
        Files.createDirectories(folder.path());
        Files.deleteIfExists(folder.history());
        try (var file = HistoryFile.open(folder.history())) {
            for (var history : histories) {
                var recording = file.begin(history.began());
                history.entries().stream().skip(1).forEach(recording::record);
            }
        }
        var evidence = Files.createDirectories(
                folder.evidence(held().began().setting()).resolve("logs of pods"));
        Files.writeString(evidence.resolve("aeterna-postgres-1.log"), "promoted\n");
        Files.writeString(evidence.resolveSibling("events.json"), "[]\n");
        return folder;
    }

    /** The same history as another trial, or another scenario's. */
    static History as(Setting setting, History history) {
        var began = history.began();
        var entries = new ArrayList<Entry>(history.entries());
        entries.set(
                0,
                new Entry.Began(
                        began.at(),
                        began.wallTime(),
                        setting,
                        began.experiment(),
                        began.fault(),
                        began.hold(),
                        began.promises()));
        return new History(entries);
    }

    /** A failover of about three seconds. */
    static History held() {
        var run = new SampleRun(
                servedAgainWithin(Duration.ofSeconds(30)),
                redundantAgainWithin(Duration.ofMinutes(3)),
                noAcknowledgedWriteLost(),
                neverTwoPrimaries());
        run.begin(
                "PostgresPrimaryLossScenario.aStandbyTakesOverAndKeepsEveryAcknowledgedWrite",
                "writes resume after the primary dies",
                "kill pod aeterna/aeterna-postgres-1 (SIGKILL, no grace)",
                Hold.oneShot(),
                Expectation.held());
        run.before();
        var act = run.act(
                12_000, Hit.of(List.of("aeterna/aeterna-postgres-1"), List.of("node-1"), List.of("zone-a")), List.of());
        run.clients(
                100,
                List.of("api write new", "api write reused", "pooler write new", "pooler write reused"),
                9_000,
                22_000,
                act,
                Duration.ofMillis(3_200),
                0);
        run.after(act, 3_300, 14_000, 22_000);
        return run.judge();
    }

    /** Everything dark for {@link #DARK} while a zone is cut off, and {@link #LOST} writes gone. */
    static History broken() {
        var run = new SampleRun(
                servedAgainWithin(Duration.ofSeconds(30)),
                redundantAgainWithin(Duration.ofMinutes(3)),
                noAcknowledgedWriteLost(),
                neverTwoPrimaries());
        run.begin(
                "ZoneLossScenario.twoZonesCarryOn",
                "the stack is served from two zones while the third is gone",
                "cut off zone zone-a from the network",
                Hold.untilServed(Duration.ofSeconds(20)),
                Expectation.held());
        run.before();
        var act = run.act(
                14_000,
                Hit.of(
                        List.of("aeterna/aeterna-postgres-1", "aeterna/api-7d9-x2"),
                        List.of("node-1", "node-2"),
                        List.of("zone-a")),
                List.of(new Undo.Reconnect(new TreeSet<>(List.of("node-1", "node-2")))));
        run.clients(
                50,
                List.of(
                        "api write new",
                        "api write reused",
                        "pooler write new",
                        "pooler write reused",
                        "api read new",
                        "api read reused"),
                9_000,
                280_000,
                act,
                DARK,
                LOST);
        run.entries.add(new Entry.Healed(act + millis(75_000)));
        run.after(act, 49_000, 110_000, 280_000);
        return run.judge();
    }

    /** The act did nothing, and its words are an attack on the page. */
    static History voided() {
        var run = new SampleRun(servedAgainWithin(Duration.ofSeconds(30)));
        run.begin(
                "AeternaPodLossScenario.trafficGoesOn" + HOSTILE,
                "traffic goes on: " + HOSTILE,
                "delete " + HOSTILE,
                Hold.oneShot(),
                Expectation.held());
        run.before();
        var act = run.act(10_000, Hit.of(List.of("aeterna/api-1" + HOSTILE), List.of(), List.of()), List.of());
        run.clients(100, List.of("api write new"), 8_000, 20_000, act, Duration.ZERO, 0);
        run.entries.removeIf(Entry.Sighted.class::isInstance);
        run.entries.add(new Entry.Sighted(act, act + millis(300_000), new Sighting(Seen.NOTHING, HOSTILE)));
        run.entries.add(new Entry.Voided(act + millis(300_000), "the fault did not land: NOTHING: " + HOSTILE));
        run.entries.add(new Entry.Observed(act + millis(10), "event" + HOSTILE, HOSTILE, HOSTILE));
        run.sort();
        run.entries.add(Finding.of(run.promises.get(0), Verdict.VOID, "not judged: " + HOSTILE));
        run.entries.add(
                new Entry.Judged(act + millis(300_100), Verdict.VOID, "the fault did not land: NOTHING: " + HOSTILE));
        return new History(run.entries);
    }

    private static long millis(long millis) {
        return millis * 1_000_000;
    }

    private void begin(String scenario, String hypothesis, String fault, Hold hold, Expectation expected) {
        var flavours =
                new TreeMap<>(Map.of("postgres", "offline", "api", "offline", "pooler", "offline", "node", "real"));
        entries.add(new Entry.Began(
                0,
                Instant.parse("2026-11-24T16:20:00Z"),
                new Setting(
                        RUN,
                        scenario,
                        Trial.ONLY,
                        42,
                        "k3s",
                        "three-zones",
                        "recommended",
                        flavours,
                        expected,
                        List.of("3.3 Failover Behavior: A standby is promoted by itself within 30 s.")),
                hypothesis,
                fault,
                hold,
                promises.stream().map(Promise::toString).toList()));
    }

    private void before() {
        phase(1, Phase.HEAL_LEFTOVERS);
        phase(400, Phase.STEADY);
        entries.add(new Entry.Looked(millis(500), millis(700), "steady", true, ""));
        phase(800, Phase.FLOOR);
        entries.add(new Entry.FloorComputed(
                millis(900),
                new Floor(List.of(
                        new Floor.Part("patroni loop_wait", Duration.ofSeconds(1)),
                        new Floor.Part("promotion", Duration.ofMillis(800))))));
        phase(1_000, Phase.WARM_UP);
        pod(1_500, "aeterna/aeterna-postgres-1", "u1", true, false);
        pod(1_500, "aeterna/aeterna-postgres-2", "u2", true, false);
    }

    private long act(long at, Hit hit, List<Undo> undo) {
        phase(at - 100, Phase.INJECT);
        entries.add(new Entry.Injecting(millis(at), new Injected(hit, undo)));
        entries.add(new Entry.InjectionDone(millis(at + 140)));
        phase(at + 141, Phase.WITNESS);
        entries.add(new Entry.Sighted(
                millis(at + 400),
                millis(at + 600),
                new Sighting(Seen.LANDED, "uid of aeterna/aeterna-postgres-1 changed from 1f0c… to 8a77…")));
        phase(at + 601, Phase.HOLD);
        pod(at + 250, "aeterna/aeterna-postgres-1", "u1", false, true);
        entries.add(new Entry.Observed(
                millis(at + 2_700), "lease", "aeterna-postgres", "leader is now aeterna-postgres-2, timeline 2"));
        pod(at + 4_000, "aeterna/aeterna-postgres-1", "u9", false, false);
        pod(at + 11_000, "aeterna/aeterna-postgres-1", "u9", true, false);
        entries.add(new Entry.Observed(
                millis(at + 900), "event", "aeterna/aeterna-postgres-1", "Killing: Stopping container postgres"));
        return millis(at);
    }

    private void after(long act, long served, long redundant, long end) {
        var at = act / 1_000_000;
        entries.add(new Entry.Served(millis(at + served)));
        phase(at + Math.min(served + 100, 75_000), Phase.HEAL);
        phase(at + served + 200, Phase.REDUNDANT);
        var from = history().healedAt().orElse(act) / 1_000_000;
        entries.add(new Entry.Looked(
                millis(from + 50),
                millis(from + 240),
                "standbys streaming: 2",
                false,
                "1 of 2 stream: aeterna-postgres-3"));
        entries.add(new Entry.Looked(
                millis(from + redundant - 1_900),
                millis(from + redundant - 1_800),
                "standbys streaming: 2",
                false,
                "1 of 2 stream"));
        entries.add(new Entry.Looked(millis(from + redundant - 500), millis(from + redundant), "steady", true, ""));
        entries.add(new Entry.Redundant(millis(from + redundant)));
        phase(from + redundant + 1, Phase.LINGER);
        phase(at + end, Phase.READ_BACK);
        phase(at + end + 700, Phase.EVIDENCE);
        entries.add(new Entry.Trouble(millis(at + end + 900), "logs of opal", "no answer within 10 s"));
        phase(at + end + 12_000, Phase.JUDGE);
    }

    /** Open-loop clients, one after the other; those on reused connections stay dark a little longer. */
    private void clients(long spacing, List<String> names, long from, long end, long act, Duration dark, int lost) {
        var darkest = dark.toMillis();
        var at = act / 1_000_000;
        var number = 0;
        for (var name : names) {
            var kind = name.contains("read") ? Op.Kind.READ : Op.Kind.WRITE;
            var connection = name.contains("new") ? Op.Connection.NEW : Op.Connection.REUSED;
            var client = new Client(name, kind, connection, Duration.ofMillis(spacing), Duration.ofSeconds(2), 20);
            entries.add(new Entry.ClientBegan(millis(from + number), client));
            var length =
                    number == names.size() - 1 ? darkest : Math.max(0, darkest - 300L * (names.size() - 1 - number));
            Map<String, Integer> copies = new HashMap<>();
            for (var scheduled = from + number; scheduled < at + end; scheduled += spacing) {
                var op = op(client, scheduled, at, at + length, number);
                entries.add(op);
                if (op.acknowledged()) {
                    copies.put(op.key(), 1);
                }
            }
            if (kind == Op.Kind.WRITE) {
                var missing = lost;
                for (var key : new TreeSet<>(copies.keySet())) {
                    if (number == 0 && missing-- > 0) {
                        copies.remove(key);
                    }
                }
                entries.add(Entry.ReadBack.of(millis(at + end + 500), name, "through the API", true, copies));
            }
            number++;
        }
    }

    private Op op(Client client, long scheduled, long dark, long light, int number) {
        var key = "w" + number + "-" + scheduled;
        var sent = millis(scheduled) + random.nextInt(1_500_000);
        if (scheduled >= dark && scheduled < light) {
            var nth = (scheduled - dark) / client.spacing().toMillis();
            var outcome = client.connection() == Op.Connection.NEW
                    ? Op.Outcome.FAIL
                    : nth % 9 == 8 ? Op.Outcome.SHED : Op.Outcome.UNKNOWN;
            var took = outcome == Op.Outcome.UNKNOWN ? 2_000_000_000L : outcome == Op.Outcome.FAIL ? 3_000_000L : 0;
            var error =
                    switch (outcome) {
                        case FAIL -> "connection refused";
                        case UNKNOWN -> "no answer within 2 s";
                        default -> "no room for one more in flight";
                    };
            return new Op(
                    client.name(),
                    client.kind(),
                    client.connection(),
                    millis(scheduled),
                    sent,
                    sent + took,
                    outcome,
                    key,
                    error,
                    "",
                    0);
        }
        var latency = 3_000_000L + (long) (2_500_000 * -Math.log(1 - random.nextDouble()));
        var promoted = scheduled >= dark;
        return new Op(
                client.name(),
                client.kind(),
                client.connection(),
                millis(scheduled),
                sent,
                sent + latency,
                Op.Outcome.OK,
                key,
                "",
                promoted ? "aeterna-postgres-2" : "aeterna-postgres-1",
                promoted ? 2 : 1);
    }

    private void phase(long at, Phase phase) {
        entries.add(new Entry.PhaseBegan(millis(at), phase));
    }

    private void pod(long at, String pod, String uid, boolean ready, boolean gone) {
        entries.add(new Entry.PodSeen(millis(at), pod, uid, 0, "StatefulSet/aeterna-postgres", "node-1", ready, gone));
    }

    private void sort() {
        entries.subList(1, entries.size()).sort(Comparator.comparingLong(Entry::at));
    }

    private History history() {
        return new History(entries);
    }

    private History judge() {
        sort();
        var history = history();
        var findings = promises.stream().map(promise -> promise.judge(history)).toList();
        entries.addAll(findings);
        var broken = findings.stream()
                .filter(finding -> finding.verdict() != Verdict.HELD)
                .toList();
        entries.add(new Entry.Judged(
                entries.stream()
                                .filter(entry -> !(entry instanceof Finding))
                                .mapToLong(Entry::at)
                                .max()
                                .orElseThrow()
                        + 1,
                broken.isEmpty() ? Verdict.HELD : Verdict.BROKEN,
                broken.stream()
                        .map(finding -> finding.promise() + ": " + finding.because())
                        .reduce((one, other) -> one + "; " + other)
                        .orElse("every promise was kept")));
        return history();
    }
}
