package aeterna.chaos.check;

import aeterna.chaos.model.Client;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Outage;
import aeterna.chaos.model.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The outages of one client, measured.
 *
 * <p>Each request is evidence of one of three things. It is <i>light</i> when it was answered well and promptly. It is
 * <i>dark</i> when it was not, or when its answer came late: it waited in the dark, so it is part of the outage and not
 * its end. It is <i>blind</i> when the prober's own stall explains that as well; it widens the error and is charged to
 * nobody. An outage reaches from the last light before it to the first light after it from which on every request was OK
 * for the client's settled window:
 *
 * <pre>
 *   light   light | dark   dark  …  dark   dark | light   light  …
 *            sent   by now                 sent   answered
 *             └ began in here ┘             └ ended in here ┘
 * </pre>
 *
 * The true length lies between the two inner and the two outer ends; the middle is what is reported, ± half the difference.
 */
public final class Outages {
    private enum Evidence {
        LIGHT,
        DARK,
        BLIND
    }

    private final Client client;
    private final List<Op> ops;
    private final Stalls stalls;
    private final long prompt;
    private final long usual;

    private Outages(Client client, List<Op> ops, Stalls stalls, long injectedAt) {
        this.client = client;
        this.ops = ops;
        this.stalls = stalls;
        var latencies = latencies(ops, injectedAt);
        this.prompt = Math.max(client.spacing().toNanos(), 4 * quantile(latencies, 0.5));
        // Nearly every request was answered in this time while all was well: one that was not shows the dark from then
        // on, long
        // before it is too late to count as light.
        this.usual = latencies.length == 0 ? prompt : Math.min(prompt, quantile(latencies, 0.99));
    }

    /**
     * Every user's outages that end after the act began and begin before the ledger's turn, in order. The clients work
     * on for a moment after that, so that what began before it is seen to its end.
     */
    public static Map<Client, List<Outage>> of(History history) {
        var injectedAt = history.injectedAt().orElse(Long.MAX_VALUE);
        var judgedUntil = history.began(Phase.READ_BACK).orElse(Long.MAX_VALUE);
        Map<Client, List<Op>> ops = new LinkedHashMap<>();
        history.users().forEach(client -> ops.put(client, history.ops(client)));
        var stalls = Stalls.seenBy(ops);
        Map<Client, List<Outage>> outages = new LinkedHashMap<>();
        ops.forEach((client, its) -> outages.put(
                client,
                new Outages(client, its, stalls, injectedAt)
                        .measure(judgedUntil).stream()
                                .filter(outage -> outage.to() >= injectedAt)
                                .toList()));
        return outages;
    }

    private List<Outage> measure(long judgedUntil) {
        var outages = new ArrayList<Outage>();
        Op lastLight = null;
        for (var i = 0; i < ops.size() && ops.get(i).scheduled() < judgedUntil; i++) {
            if (evidence(ops.get(i)) == Evidence.LIGHT) {
                lastLight = ops.get(i);
                continue;
            }
            var first = i;
            var end = settledFrom(first);
            outages.add(measure(lastLight, ops.subList(first, end), end < ops.size() ? ops.get(end) : null));
            lastLight = end < ops.size() ? ops.get(end) : lastLight;
            i = end;
        }
        return outages;
    }

    /**
     * The first light after that which ends it. Where requests failed, all has to be OK from there on for a settled
     * window, or until the clients stopped; answers that were merely late ask for none.
     */
    private int settledFrom(int start) {
        var window = client.settled().toNanos();
        var failed = false;
        var light = -1;
        for (var i = start; i < ops.size(); i++) {
            var op = ops.get(i);
            if (light >= 0 && op.scheduled() - ops.get(light).scheduled() > window) {
                return light;
            }
            var evidence = evidence(op);
            if (evidence == Evidence.DARK && !op.ok()) {
                failed = true;
                light = -1;
            } else if (evidence == Evidence.LIGHT && light < 0) {
                light = i;
            }
            if (light >= 0 && !failed) {
                return light;
            }
        }
        return light >= 0 ? light : ops.size();
    }

    private Outage measure(Op before, List<Op> region, Op after) {
        var dark = region.stream().filter(op -> evidence(op) == Evidence.DARK).toList();
        var beganEarliest = before == null ? region.get(0).scheduled() : before.sent();
        var from = before == null ? region.get(0).scheduled() : before.ended();
        if (after == null) {
            return open(from, region, dark);
        }
        var endedLatest = after.ended();
        var beganLatest = dark.isEmpty() ? endedLatest : Math.max(beganEarliest, noticeable(dark.get(0)));
        var endedEarliest = dark.isEmpty()
                ? beganLatest
                : Math.max(beganLatest, Math.min(endedLatest, stillDark(dark.get(dark.size() - 1), after)));
        var longest = endedLatest - beganEarliest;
        var shortest = endedEarliest - beganLatest;
        var stalled = dark.size() < region.size()
                || stalls.within(beganEarliest, beganLatest) > 0
                || stalls.within(endedEarliest, endedLatest) > 0;
        return new Outage(
                client.name(),
                from,
                after.ended(),
                Duration.ofNanos((longest + shortest) / 2),
                Duration.ofNanos((longest - shortest + 1) / 2),
                false,
                stalled);
    }

    /** Nobody saw it end: it lasted at least from when it was noticeable to the last request that was not served. */
    private Outage open(long from, List<Op> region, List<Op> dark) {
        var last = region.get(region.size() - 1);
        var shortest =
                dark.isEmpty() ? 0 : Math.max(0, dark.get(dark.size() - 1).ended() - noticeable(dark.get(0)));
        return new Outage(
                client.name(), from, last.ended(), Duration.ofNanos(shortest), client.spacing(), true, dark.isEmpty());
    }

    /** By when the first dark request shows that it is dark: when it failed, or when it would have been answered in the light. */
    private long noticeable(Op firstDark) {
        return Math.min(firstDark.ended(), stalls.after(firstDark.sent(), usual));
    }

    /**
     * The last moment at which it was certainly dark: when the last dark request was sent, or later when the answer after it was
     * held up, sent while that one still waited. One that was sent afterwards is slow for reasons of its own, such as a new
     * connection.
     */
    private long stillDark(Op lastDark, Op after) {
        var held = after.sent() < lastDark.ended()
                && after.ended() - after.sent() > usual
                && stalls.within(after.sent(), after.ended()) == 0;
        return held ? Math.max(lastDark.sent(), after.ended() - usual) : lastDark.sent();
    }

    private Evidence evidence(Op op) {
        if (Stalls.late(client, op)) {
            return Evidence.BLIND;
        }
        if (op.outcome() == Op.Outcome.SHED) {
            // What fills the client's room after a stall is what the stall held up.
            var held = stalls.within(op.scheduled() - client.deadline().toNanos(), op.scheduled());
            return held > 0 && !hungAt(op.scheduled()) ? Evidence.BLIND : Evidence.DARK;
        }
        var stalled = stalls.within(op.sent(), op.ended());
        var prompt = op.ended() - op.sent() - stalled <= this.prompt;
        if (op.ok() && prompt) {
            return Evidence.LIGHT;
        }
        return prompt && stalled > 0 ? Evidence.BLIND : Evidence.DARK;
    }

    /** Whether a request hung at that moment that no stall explains: then it is the stack that fills the client's room. */
    private boolean hungAt(long moment) {
        var earliest = moment - client.deadline().toNanos();
        for (var i = dueBy(moment) - 1; i >= 0 && ops.get(i).scheduled() >= earliest; i--) {
            var op = ops.get(i);
            if (op.outcome() != Op.Outcome.SHED
                    && op.sent() <= moment
                    && op.ended() > moment
                    && evidence(op) == Evidence.DARK) {
                return true;
            }
        }
        return false;
    }

    /** How many requests were due by then. */
    private int dueBy(long moment) {
        var low = 0;
        var high = ops.size();
        while (low < high) {
            var middle = (low + high) >>> 1;
            if (ops.get(middle).scheduled() <= moment) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * How long answers took, in nanoseconds and sorted, of what was answered well before the act; the first half of it tells
     * of clients that were still warming up.
     */
    private static long[] latencies(List<Op> ops, long injectedAt) {
        var before =
                ops.stream().filter(op -> op.ok() && op.ended() < injectedAt).toList();
        return before.subList(before.size() / 2, before.size()).stream()
                .mapToLong(op -> op.ended() - op.sent())
                .sorted()
                .toArray();
    }

    private static long quantile(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1L, (long) (share * sorted.length))];
    }
}
