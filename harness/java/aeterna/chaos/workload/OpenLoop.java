package aeterna.chaos.workload;

import aeterna.chaos.model.Client;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Op.Outcome;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.model.Words;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.workload.Connector.Answer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * One client in an open loop: its requests start on a fixed schedule and never wait for one another, so that a slow
 * stack cannot slow down the questions it is asked.
 *
 * <p>A request that is not answered by its deadline is given up: a write is UNKNOWN then, a read FAIL. It counts as in
 * flight until its connector lets go of it; beyond the client's cap, requests are shed. So are those that the prober
 * itself is so late with that their deadline has passed: a stall of ours must not end in a burst.
 */
public final class OpenLoop implements Workload {
    private static final int LONGEST_ERROR = 200;

    private final Client client;
    private final Supplier<Connector> connector;
    private final Reader reader;

    /**
     * @param connector makes the connection when the client begins; closed when it ends
     */
    public OpenLoop(Client client, Supplier<Connector> connector, Reader reader) {
        this.client = client;
        this.connector = connector;
        this.reader = reader;
    }

    @Override
    public Running start(Timekeeper time, Recorder recorder) {
        var stream = new Stream(time, recorder, connector.get());
        recorder.record(new Entry.ClientBegan(time.nanos(), client));
        stream.begin();
        return stream;
    }

    @Override
    public String toString() {
        return client.name();
    }

    /** The requests of one run. */
    private final class Stream implements Running {
        private final Timekeeper time;
        private final Recorder recorder;
        private final Connector connection;
        /** Unique per client and run, and fit for names: lower-case letters, digits and dashes. */
        private final String prefix;

        private final long origin;
        private boolean stopped;
        private int inFlight;
        private int unsettled;
        /** What was sent, in the order of the deadlines; answered ones among it until {@link #giveUp()} comes by. */
        private final Deque<Request> unanswered = new ArrayDeque<>();

        private boolean watching;

        Stream(Timekeeper time, Recorder recorder, Connector connection) {
            this.time = time;
            this.recorder = recorder;
            this.connection = connection;
            origin = time.nanos();
            prefix = client.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + "-"
                    + Long.toString(time.wallTime().toEpochMilli(), 36) + "-";
        }

        void begin() {
            schedule(0);
        }

        private void schedule(long number) {
            var scheduled = origin + number * client.spacing().toNanos();
            time.at(scheduled, () -> tick(number, scheduled));
        }

        private void tick(long number, long scheduled) {
            var request = new Request(prefix + number, scheduled, time.nanos());
            String shed;
            synchronized (this) {
                if (stopped) {
                    return;
                }
                unsettled++;
                shed = request.reasonToShed();
                if (shed.isEmpty()) {
                    inFlight++;
                }
            }
            schedule(number + 1);
            if (shed.isEmpty()) {
                request.send();
            } else {
                request.settle(request.sent, new Answer(Outcome.SHED, shed, "", 0));
            }
        }

        private void giveUpInTime(Request request) {
            synchronized (this) {
                unanswered.addLast(request);
                if (watching) {
                    return;
                }
                watching = true;
            }
            time.at(request.deadline + 1, this::giveUp);
        }

        /** Ends what is past its deadline, and comes back for the next: one timer a deadline, not one a request. */
        private void giveUp() {
            var now = time.nanos();
            var overdue = new ArrayList<Request>();
            Request next;
            synchronized (this) {
                while (!unanswered.isEmpty()
                        && (unanswered.peekFirst().isSettled() || unanswered.peekFirst().deadline < now)) {
                    overdue.add(unanswered.removeFirst());
                }
                next = unanswered.peekFirst();
                watching = next != null;
            }
            overdue.forEach(request -> request.settle(now, request.late("no answer")));
            if (next != null) {
                time.at(next.deadline + 1, this::giveUp);
            }
        }

        @Override
        public synchronized void stop() {
            stopped = true;
        }

        @Override
        public synchronized boolean idle() {
            return stopped && unsettled == 0;
        }

        @Override
        public List<Entry.ReadBack> readBack() throws Exception {
            return reader.read(prefix).stream()
                    .map(found -> Entry.ReadBack.of(
                            time.nanos(), client.name(), found.instance(), found.authoritative(), found.copies()))
                    .toList();
        }

        @Override
        public void close() {
            stop();
            connection.close();
        }

        /** One request on its way; it ends once, by its answer or by its deadline. */
        private final class Request {
            private final String key;
            private final long scheduled;
            private final long sent;
            private final long deadline;
            private boolean settled;

            Request(String key, long scheduled, long sent) {
                this.key = key;
                this.scheduled = scheduled;
                this.sent = sent;
                deadline = scheduled + client.deadline().toNanos();
            }

            /** Empty when it may be sent. */
            String reasonToShed() {
                if (sent > deadline) {
                    return "the prober was late by " + Words.of(Duration.ofNanos(sent - scheduled));
                }
                return inFlight < client.cap() ? "" : client.cap() + " requests are in flight already";
            }

            void send() {
                giveUpInTime(this);
                try {
                    connection.send(key, client.deadline()).whenComplete((answer, failure) -> {
                        var answered = time.nanos();
                        release();
                        if (failure != null) {
                            settle(answered, Answer.unknown(said(failure)));
                        } else if (answer.outcome() == Outcome.OK && answered > deadline) {
                            settle(answered, late("answered after " + Words.of(time.since(scheduled)) + ", not"));
                        } else {
                            settle(answered, answer);
                        }
                    });
                } catch (Exception failed) {
                    release();
                    settle(time.nanos(), Answer.unknown(said(failed)));
                }
            }

            private Answer late(String what) {
                var error = what + " within " + Words.of(client.deadline());
                return client.kind() == Op.Kind.WRITE ? Answer.unknown(error) : Answer.fail(error);
            }

            synchronized boolean isSettled() {
                return settled;
            }

            private synchronized boolean first() {
                var first = !settled;
                settled = true;
                return first;
            }

            void settle(long ended, Answer answer) {
                if (!first()) {
                    return;
                }
                recorder.record(new Op(
                        client.name(),
                        client.kind(),
                        client.connection(),
                        scheduled,
                        sent,
                        ended,
                        answer.outcome(),
                        key,
                        answer.error(),
                        answer.instance(),
                        answer.timeline()));
                synchronized (Stream.this) {
                    unsettled--;
                }
            }

            private void release() {
                synchronized (Stream.this) {
                    inFlight--;
                }
            }
        }
    }

    private static String said(Throwable failed) {
        var text = (failed.getClass().getSimpleName() + ": " + failed.getMessage()).replaceAll("\\s+", " ");
        return text.length() > LONGEST_ERROR ? text.substring(0, LONGEST_ERROR) : text;
    }
}
