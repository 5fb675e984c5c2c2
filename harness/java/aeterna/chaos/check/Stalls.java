package aeterna.chaos.check;

import aeterna.chaos.model.Client;
import aeterna.chaos.model.Op;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** When the prober itself stood still, seen by requests that were sent later than they were due. */
final class Stalls {
    /** Less is the ordinary jitter of a busy machine. */
    private static final Duration JITTER = Duration.ofMillis(50);

    private final List<long[]> intervals = new ArrayList<>();

    private Stalls() {}

    /** The stalls that any of the clients suffered: they share one process, so one's stall is everybody's. */
    static Stalls seenBy(Map<Client, List<Op>> opsOf) {
        var late = new ArrayList<long[]>();
        opsOf.forEach((client, ops) -> ops.stream()
                .filter(op -> late(client, op))
                .forEach(op -> late.add(new long[] {op.scheduled(), op.sent()})));
        late.sort(Comparator.comparingLong(interval -> interval[0]));
        var stalls = new Stalls();
        for (var interval : late) {
            var last = stalls.intervals.isEmpty() ? null : stalls.intervals.get(stalls.intervals.size() - 1);
            if (last != null && interval[0] <= last[1]) {
                last[1] = Math.max(last[1], interval[1]);
            } else {
                stalls.intervals.add(interval);
            }
        }
        return stalls;
    }

    /** True when a request was sent so late that it says nothing of the moment it was due. */
    static boolean late(Client client, Op op) {
        return op.sent() - op.scheduled() > Math.max(client.spacing().toNanos(), JITTER.toNanos());
    }

    /** The moment by which so many nanoseconds have passed since another one, those that were stalled not counted. */
    long after(long from, long nanos) {
        var moment = from + nanos;
        for (var stall : intervals) {
            var begin = Math.max(from, stall[0]);
            if (begin < moment && begin < stall[1]) {
                moment += stall[1] - begin;
            }
        }
        return moment;
    }

    /** How many nanoseconds of an interval were stalled. */
    long within(long from, long to) {
        return intervals.stream()
                .mapToLong(stall -> Math.max(0, Math.min(to, stall[1]) - Math.max(from, stall[0])))
                .sum();
    }
}
