package aeterna.chaos.fakes;

import aeterna.chaos.model.Client;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Expectation;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Hold;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Op.Outcome;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Setting;
import aeterna.chaos.model.Trial;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes histories by hand. Requests are numbered by the schedule of the client named last; moments are milliseconds. */
public final class Histories {
    private static final Duration PROMPT = Duration.ofMillis(3);

    private final List<Entry> entries = new ArrayList<>(List.of(began()));
    private Client client;
    private long end;

    /** The beginning of every history made here. */
    public static Entry.Began began() {
        return began("FakeScenario.breaks", Expectation.held());
    }

    public static Entry.Began began(String scenario, Expectation expected) {
        return began(scenario, Trial.ONLY, expected);
    }

    public static Entry.Began began(String scenario, Trial trial, Expectation expected) {
        return new Entry.Began(
                0,
                Instant.parse("2026-01-01T00:00:00Z"),
                new Setting(
                        "run-1",
                        scenario,
                        trial,
                        7,
                        "fake",
                        "two-nodes",
                        "recommended",
                        new TreeMap<>(Map.of("postgres", "offline")),
                        expected,
                        List.of()),
                "the fake survives",
                "break the fake",
                Hold.oneShot(),
                List.of("served again within 30 s"));
    }

    /** The act, on one pod. */
    public static Entry.Injecting injecting(long nanos) {
        return new Entry.Injecting(
                nanos,
                new Injected(Hit.of(List.of("aeterna/postgres-1"), List.of("node-1"), List.of("zone-a")), List.of()));
    }

    /** The next requests are this client's. */
    public Histories client(Client next) {
        client = next;
        return add(new Entry.ClientBegan(0, next));
    }

    public Histories act(long millis) {
        return add(injecting(nanos(millis)));
    }

    /** Requests that were answered well and promptly, from one number up to another, which is not among them. */
    public Histories ok(int from, int to) {
        return ops(from, to, Outcome.OK, PROMPT);
    }

    /** Requests that were refused at once. */
    public Histories fail(int from, int to) {
        return ops(from, to, Outcome.FAIL, PROMPT);
    }

    public Histories ops(int from, int to, Outcome outcome, Duration latency) {
        for (var number = from; number < to; number++) {
            var scheduled = number * client.spacing().toNanos();
            op(number, scheduled, scheduled, scheduled + latency.toNanos(), outcome, "", 0);
        }
        return this;
    }

    /** Requests that the prober was too late to send before the last of them was due; then they are answered well. */
    public Histories late(int from, int to) {
        for (var number = from; number < to; number++) {
            var scheduled = number * client.spacing().toNanos();
            var sent = to * client.spacing().toNanos();
            op(number, scheduled, sent, sent + PROMPT.toNanos(), Outcome.OK, "", 0);
        }
        return this;
    }

    /** One write that an instance acknowledged. */
    public Histories acknowledged(int number, long sentMillis, long endedMillis, String instance, int timeline) {
        op(number, nanos(sentMillis), nanos(sentMillis), nanos(endedMillis), Outcome.OK, instance, timeline);
        return this;
    }

    private void op(int number, long scheduled, long sent, long ended, Outcome outcome, String instance, int timeline) {
        end = Math.max(end, ended);
        add(new Op(
                client.name(),
                client.kind(),
                client.connection(),
                scheduled,
                sent,
                ended,
                outcome,
                client.name() + "-" + number,
                outcome == Outcome.OK ? "" : outcome.toString(),
                instance,
                timeline));
    }

    public Histories readBack(String instance, boolean authoritative, Map<String, Integer> copies) {
        return add(Entry.ReadBack.of(end, client.name(), instance, authoritative, copies));
    }

    public Histories looked(long millis, boolean steady) {
        return add(new Entry.Looked(
                nanos(millis), nanos(millis + 10), steady ? "steady" : "standbys", steady, steady ? "" : "1 of 2"));
    }

    public Histories pod(long millis, String pod, String uid, int restarts, String owner, boolean ready, boolean gone) {
        return add(new Entry.PodSeen(nanos(millis), pod, uid, restarts, owner, "node-1", ready, gone));
    }

    /** The clients stop. */
    public Histories end() {
        return end(end / 1_000_000);
    }

    public Histories end(long millis) {
        return add(new Entry.PhaseBegan(nanos(millis), Phase.READ_BACK));
    }

    public Histories add(Entry entry) {
        entries.add(entry);
        return this;
    }

    public History history() {
        return new History(entries);
    }

    private static long nanos(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
