package aeterna.chaos.run;

import aeterna.chaos.model.Client;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Recorder;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Whether the clients are served at this moment, seen over their shoulders: decides when to go on, and measures nothing. Thread-safe. */
final class Service implements Recorder {
    private final Map<String, Seen> clients = new LinkedHashMap<>();

    @Override
    public synchronized void record(Entry entry) {
        if (entry instanceof Entry.ClientBegan began && began.client().outside()) {
            clients.put(began.client().name(), new Seen(began.client()));
        } else if (entry instanceof Op op) {
            // A zone's own clients are in the dark by right when their zone is.
            Optional.ofNullable(clients.get(op.client())).ifPresent(seen -> seen.add(op));
        }
    }

    /** The first client that has not had that many OK requests yet, and why; empty when all have. */
    synchronized Optional<String> coldest(int requests) {
        if (clients.isEmpty()) {
            return Optional.of("no client ever began");
        }
        return clients.values().stream()
                .filter(seen -> seen.oks < requests)
                .map(seen -> seen.client + " had " + seen.oks + " of " + requests + " OK requests" + seen.lastError())
                .findFirst();
    }

    /** The first client that is not served, and why; empty when all are, and have been for their settled window after {@code since}. */
    synchronized Optional<String> darkest(long since, long now) {
        return clients.values().stream()
                .filter(seen -> !seen.served(since, now))
                .map(seen -> seen.client + " is not served" + seen.lastError())
                .findFirst();
    }

    /** Every client that began. */
    synchronized Collection<Client> clients() {
        return clients.values().stream().map(seen -> seen.client).toList();
    }

    private static final class Seen {
        final Client client;
        final Deque<Op> recent = new ArrayDeque<>();
        int oks;
        String error = "";

        Seen(Client client) {
            this.client = client;
        }

        void add(Op op) {
            recent.addLast(op);
            if (op.ok()) {
                oks++;
            } else {
                error = op.error();
            }
        }

        /** All OK for a whole settled window, in its first half as well as in its second: silence is no service. */
        boolean served(long since, long now) {
            var window = client.settled().toNanos();
            var start = now - window;
            recent.removeIf(op -> op.scheduled() < start);
            return start >= since
                    && recent.stream().allMatch(Op::ok)
                    && recent.stream().anyMatch(op -> op.scheduled() < start + window / 2)
                    && recent.stream().anyMatch(op -> op.scheduled() >= start + window / 2);
        }

        String lastError() {
            return error.isEmpty() ? "" : ", last error: " + error;
        }
    }
}
