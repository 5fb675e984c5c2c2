package aeterna.chaos.fakes;

import aeterna.chaos.model.Client;
import aeterna.chaos.model.Op;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.workload.Connector;
import aeterna.chaos.workload.OpenLoop;
import aeterna.chaos.workload.Reader.Found;
import aeterna.chaos.workload.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A store whose every outage is known to the nanosecond. It lives outside of the process: a stall of ours is none of its own. Thread-safe. */
public final class FakeService {
    private static final long FOR_EVER = Long.MAX_VALUE;

    private final Timekeeper time;
    private final Map<String, Integer> rows = new ConcurrentSkipListMap<>();
    private final List<long[]> outages = new CopyOnWriteArrayList<>();
    private Duration latency = Duration.ofMillis(3);
    private Dark dark = Dark.REFUSING;

    /** What requests meet while it is down. */
    public enum Dark {
        /** An error at once. */
        REFUSING,
        /** No answer until it is up again. */
        HOLDING,
        /** No answer, ever; the client's own timeout ends the request. */
        SWALLOWING,
        /** No answer, and no timeout either: the request keeps its room for ever. */
        HANGING
    }

    public FakeService(Timekeeper time) {
        this.time = time;
    }

    public FakeService latency(Duration thereAndBack) {
        latency = thereAndBack;
        return this;
    }

    public FakeService whenDown(Dark how) {
        dark = how;
        return this;
    }

    /** Goes down now and comes back after that long, as another primary on the next timeline. */
    public void fail(Duration downtime) {
        outages.add(new long[] {time.nanos(), time.nanos() + downtime.toNanos()});
    }

    /** Goes down now, for good. */
    public void down() {
        outages.add(new long[] {time.nanos(), FOR_EVER});
    }

    public Map<String, Integer> rows() {
        return rows;
    }

    /** A client that writes every so often. */
    public Workload writes(Client client) {
        return new OpenLoop(client, this::connector, prefix -> List.of(new Found("the store", true, rows)));
    }

    /** A client with a deadline of one second. */
    public static Client client(String name, Duration spacing) {
        return new Client(name, Op.Kind.WRITE, Op.Connection.NEW, spacing, Duration.ofSeconds(1), 100);
    }

    private Connector connector() {
        return (key, deadline) -> {
            var answer = new CompletableFuture<Connector.Answer>();
            var oneWay = latency.toNanos() / 2;
            var arrived = time.nanos() + oneWay;
            var backUp = outages.stream()
                    .filter(outage -> outage[0] <= arrived && arrived < outage[1])
                    .mapToLong(outage -> outage[1])
                    .findFirst();
            if (backUp.isEmpty()) {
                time.at(arrived + oneWay, () -> answer.complete(acknowledge(key, arrived)));
            } else if (dark == Dark.REFUSING) {
                time.at(arrived + oneWay, () -> answer.complete(Connector.Answer.fail("connection refused")));
            } else if (dark == Dark.HOLDING && backUp.getAsLong() < FOR_EVER) {
                time.at(backUp.getAsLong() + oneWay, () -> answer.complete(acknowledge(key, backUp.getAsLong())));
            }
            if (backUp.isPresent() && dark == Dark.SWALLOWING) {
                time.at(time.nanos() + deadline.toNanos(), () -> answer.complete(Connector.Answer.unknown("timeout")));
            }
            return answer;
        };
    }

    private Connector.Answer acknowledge(String key, long taken) {
        rows.merge(key, 1, Integer::sum);
        var timeline =
                1 + (int) outages.stream().filter(outage -> outage[1] <= taken).count();
        return Connector.Answer.ok("postgres-" + timeline, timeline);
    }
}
