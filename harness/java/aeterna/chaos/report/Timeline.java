package aeterna.chaos.report;

import aeterna.chaos.model.Client;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Hold;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Outage;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the page draws. Moments are seconds from the act, or from the run's beginning when there was none. Requests are
 * counted per slot of time, as many as there are pixels at most; outages keep their exact edges.
 *
 * @param act true when zero is the act
 * @param from where it begins
 * @param to where it ends
 * @param view where the first view begins
 * @param slot the width of a slot, in seconds
 * @param phases the run's steps
 * @param fault while it was in place; null when nothing was injected
 * @param lanes one per client
 * @param happenings what else changed
 */
record Timeline(
        boolean act,
        double from,
        double to,
        double view,
        double slot,
        List<Span> phases,
        Span fault,
        List<Lane> lanes,
        List<Event> happenings) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int SLOTS = 1200;
    private static final int FEWEST_SLOTS = 150;
    private static final int EVENTS = 400;
    /** No slot is shorter, nor than two requests of a client apart: else one would be empty now and then by chance. */
    private static final double SHORTEST_SLOT = 0.1;

    /** A named interval. */
    record Span(double from, double to, String name, String text) {}

    /**
     * An outage.
     *
     * @param limit what was promised, in seconds; null when the promise has no number
     * @param label its length in words
     * @param verdict of the promise that tells of it
     */
    record Dark(double from, double to, Double limit, String label, boolean open, String verdict) {}

    /**
     * A client's requests.
     *
     * @param ok how many were OK, per slot
     * @param median their median latency in milliseconds, per slot; null for none
     * @param slowest the slowest of them
     * @param bad what was not OK: slot, FAIL, UNKNOWN, SHED, and the longest that one of them took in milliseconds
     */
    record Lane(
            String name,
            List<Dark> outages,
            List<Integer> ok,
            List<Double> median,
            List<Double> slowest,
            List<List<Number>> bad) {}

    /** Something that changed. */
    record Event(double at, String mark, String text) {}

    /**
     * The timeline of a run; empty when no client ever worked in it.
     *
     * @param budget how many slots all clients together may have
     */
    static Optional<Timeline> of(History history, int budget) {
        var clients = history.clients();
        if (clients.isEmpty()) {
            return Optional.empty();
        }
        var zero = zero(history);
        var last = history.all(Entry.Timed.class).mapToLong(Entry::at).max().orElse(zero);
        var start =
                history.all(Entry.ClientBegan.class).mapToLong(Entry::at).min().orElse(zero);
        // What follows is tidying up: it may take long, and nobody works meanwhile.
        var end = phase(history, Phase.EVIDENCE).orElse(last);
        var from = seconds(start - zero);
        var to = Math.max(seconds(end - zero), from + 1);
        var slots = Math.max(FEWEST_SLOTS, Math.min(SLOTS, budget / clients.size()));
        var spacing = clients.stream()
                        .mapToLong(client -> client.spacing().toNanos())
                        .max()
                        .orElseThrow()
                / 1e9;
        var shortest = Math.min(1, Math.max(SHORTEST_SLOT, 2 * spacing));
        var slot = Math.max(shortest, Math.ceil((to - from) / slots * 1000) / 1000);
        return Optional.of(new Timeline(
                history.injectedAt().isPresent(),
                from,
                to,
                Math.max(from, -Math.max(5, to / 5)),
                slot,
                phases(history, zero, last),
                fault(history, zero, end),
                clients.stream()
                        .map(client -> lane(history, client, zero, from, to, slot))
                        .toList(),
                Happening.of(history).stream()
                        .filter(happening -> happening.at() >= start)
                        .limit(EVENTS)
                        .map(happening -> new Event(
                                seconds(happening.at() - zero),
                                happening.mark().toString().toLowerCase(Locale.ROOT),
                                Html.shorten(
                                        (happening.subject().isEmpty() ? happening.source() : happening.subject())
                                                + ": " + happening.what(),
                                        160)))
                        .toList()));
    }

    /** From where a run's moments are counted. */
    static long zero(History history) {
        return history.injectedAt().orElse(history.began().at());
    }

    /** The data as a script element may hold it. */
    String json() {
        return MAPPER.writeValueAsString(this)
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    /** To the tenth of a millisecond. */
    private static double seconds(long nanos) {
        return Math.round(nanos / 100_000.0) / 10_000.0;
    }

    private static Optional<Long> phase(History history, Phase phase) {
        return history.all(Entry.PhaseBegan.class)
                .filter(began -> began.phase() == phase)
                .map(Entry::at)
                .findFirst();
    }

    /** Each step with its beginning and its end. */
    static List<Span> phases(History history, long zero, long last) {
        var began = history.all(Entry.PhaseBegan.class).toList();
        var spans = new ArrayList<Span>();
        for (var i = 0; i < began.size(); i++) {
            var next = i + 1 < began.size()
                    ? began.get(i + 1).at()
                    : Math.max(last, began.get(i).at());
            var phase = began.get(i).phase();
            spans.add(new Span(
                    seconds(began.get(i).at() - zero),
                    seconds(next - zero),
                    phase.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    phase.number() + " " + phase));
        }
        return spans;
    }

    /** A one-shot fault is in place while it is being done; one that was never healed stays to the end. */
    private static Span fault(History history, long zero, long end) {
        var act = history.injectedAt();
        if (act.isEmpty()) {
            return null;
        }
        var done = history.first(Entry.InjectionDone.class).map(Entry::at).orElse(end);
        var held = history.began().hold().kind() != Hold.Kind.ONE_SHOT;
        var over = held ? history.healedAt().orElse(end) : done;
        var length = Words.of(Duration.ofNanos(over - act.getAsLong()));
        return new Span(
                seconds(act.getAsLong() - zero),
                seconds(over - zero),
                held ? "held for " + length : "one-shot",
                history.began().fault());
    }

    private static Lane lane(History history, Client client, long zero, double from, double to, double slot) {
        var slots = (int) Math.ceil((to - from) / slot) + 1;
        var ok = new Integer[slots];
        Arrays.fill(ok, 0);
        Map<Integer, List<Double>> latencies = new LinkedHashMap<>();
        Map<Integer, Bad> bad = new LinkedHashMap<>();
        for (var op : history.ops(client)) {
            var due = seconds(op.scheduled() - zero);
            if (due < from || due > to) {
                continue;
            }
            var index = (int) ((due - from) / slot);
            // From when it was due: what it waited for the prober or for others is part of what a user waits.
            var latency = Math.max(0, op.ended() - op.scheduled()) / 1e6;
            if (op.ok()) {
                ok[index]++;
                latencies.computeIfAbsent(index, key -> new ArrayList<>()).add(latency);
            } else {
                bad.computeIfAbsent(index, key -> new Bad()).add(op.outcome(), latency);
            }
        }
        var median = new Double[slots];
        var slowest = new Double[slots];
        latencies.forEach((index, values) -> {
            values.sort(null);
            median[index] = digits(values.get(values.size() / 2));
            slowest[index] = digits(values.get(values.size() - 1));
        });
        return new Lane(
                client.name(),
                outages(history, client, zero),
                Arrays.asList(ok),
                Arrays.asList(median),
                Arrays.asList(slowest),
                bad.entrySet().stream()
                        .map(entry -> entry.getValue().row(entry.getKey()))
                        .toList());
    }

    /** The requests of one slot that were not OK. */
    private static final class Bad {
        private int fail;
        private int unknown;
        private int shed;
        private double slowest;

        void add(Op.Outcome outcome, double latency) {
            switch (outcome) {
                case OK -> throw new IllegalArgumentException("an OK request is not bad");
                case FAIL -> fail++;
                case UNKNOWN -> unknown++;
                case SHED -> shed++;
            }
            slowest = Math.max(slowest, latency);
        }

        List<Number> row(int slot) {
            return List.of(slot, fail, unknown, shed, digits(slowest));
        }
    }

    private static List<Dark> outages(History history, Client client, long zero) {
        Map<Outage, Finding> told = new LinkedHashMap<>();
        history.all(Finding.class)
                .forEach(finding -> finding.outages().stream()
                        .filter(outage -> outage.client().equals(client.name()))
                        .forEach(outage -> told.putIfAbsent(outage, finding)));
        var darks = new ArrayList<Dark>();
        told.forEach((outage, finding) -> darks.add(new Dark(
                seconds(outage.from() - zero),
                seconds(outage.to() - zero),
                finding.limit().map(limit -> seconds(limit.toNanos())).orElse(null),
                words(outage),
                outage.open(),
                finding.verdict().toString())));
        return darks;
    }

    /** Its length, such as {@code 3.2 s (±0.1 s)}. */
    static String words(Outage outage) {
        return outage.open()
                ? "at least " + Words.of(outage.measured())
                : Words.of(outage.measured()) + " (±" + Words.of(outage.error()) + ")";
    }

    /** Three significant digits: no screen shows more. */
    private static double digits(double value) {
        if (value <= 0) {
            return 0;
        }
        var scale = Math.pow(10, 2 - Math.floor(Math.log10(value)));
        return Math.round(value * scale) / scale;
    }
}
