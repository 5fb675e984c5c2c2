package aeterna.chaos.bench;

import aeterna.chaos.check.Outages;
import aeterna.chaos.model.Client;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Outage;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One client's outage, as the checkers measured it from the history and as it truly was. All in milliseconds.
 *
 * @param client whose
 * @param downtime how long the server truly was down
 * @param measured the outage's length as reported; zero for one that nobody noticed
 * @param error its ± as reported
 * @param servedGap from the last request that the server answered well until the first one that it answered well in the
 *     settled window, as the server saw them
 * @param seenGap the same two moments as the prober saw them
 * @param within whether the true downtime lies within the reported ±
 * @param stalled whether the report says that the prober itself stalled
 */
record Measured(
        String client,
        double downtime,
        double measured,
        double error,
        double servedGap,
        double seenGap,
        boolean within,
        boolean stalled) {
    /** How far the reported length is off. */
    double lengthError() {
        return measured - downtime;
    }

    /** How far the reported interval is off: what the prober's own machinery adds, whatever the spacing of its requests. */
    double intervalError() {
        return seenGap - servedGap;
    }

    /** What a history's clients measured of a downtime. */
    static List<Measured> of(History history, Truth truth) {
        return truth.gaps().stream().map(gap -> of(history, truth, gap)).toList();
    }

    private static Measured of(History history, Truth truth, Truth.Gap gap) {
        // The two clocks have nothing in common; the keys tell which requests the server speaks of.
        var last = op(history, gap.lastKey());
        var first = op(history, gap.firstKey());
        var client = history.clients().stream()
                .filter(known -> known.name().equals(last.client()))
                .findFirst()
                .orElseThrow();
        return Outages.of(history).get(client).stream()
                .filter(outage -> outage.from() < first.ended() && outage.to() > last.ended())
                .max(Comparator.comparing(Outage::measured))
                .map(outage -> seen(outage, truth, gap))
                .orElseGet(() -> unseen(client, truth, gap));
    }

    private static Op op(History history, String key) {
        return history.all(Op.class)
                .filter(op -> op.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the server answered " + key + ", which nobody sent"));
    }

    private static Measured seen(Outage outage, Truth truth, Truth.Gap gap) {
        var downtime = truth.downtime();
        var within = outage.atLeast().compareTo(downtime) <= 0
                && (outage.open() || outage.atMost().compareTo(downtime) >= 0);
        return new Measured(
                outage.client(),
                millis(downtime),
                millis(outage.measured()),
                millis(outage.error()),
                millis(gap.length()),
                (outage.to() - outage.from()) / 1e6,
                within,
                outage.stalled());
    }

    private static Measured unseen(Client client, Truth truth, Truth.Gap gap) {
        return new Measured(
                client.name(),
                millis(truth.downtime()),
                0,
                millis(client.spacing()),
                millis(gap.length()),
                0,
                truth.downtime().compareTo(client.spacing()) <= 0,
                false);
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    /** As a part of a row of raw results. */
    Map<String, Object> row() {
        var row = new LinkedHashMap<String, Object>();
        row.put("client", client);
        row.put("downtime_ms", downtime);
        row.put("measured_ms", measured);
        row.put("error_ms", error);
        row.put("served_gap_ms", servedGap);
        row.put("seen_gap_ms", seenGap);
        row.put("within", within);
        row.put("stalled", stalled);
        return row;
    }

    /** From a row of raw results. */
    static Measured of(Map<?, ?> row) {
        return new Measured(
                (String) row.get("client"),
                number(row, "downtime_ms"),
                number(row, "measured_ms"),
                number(row, "error_ms"),
                number(row, "served_gap_ms"),
                number(row, "seen_gap_ms"),
                (Boolean) row.get("within"),
                (Boolean) row.get("stalled"));
    }

    private static double number(Map<?, ?> row, String name) {
        return ((Number) row.get(name)).doubleValue();
    }
}
