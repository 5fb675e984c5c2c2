package aeterna.chaos.check;

import aeterna.chaos.model.Client;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;

/**
 * Judges by the timelines that acknowledgements tell of: each promotion begins the next one. Two promotions in which one instance
 * was never asked for anything count as two all the same.
 *
 * @param most how many are put up with, zero or more
 */
record PromotionsAtMost(int most) implements Promise {
    @Override
    public Optional<Duration> limit() {
        return Optional.empty();
    }

    /** What one client's acknowledgements told. */
    private record Told(Client client, Op before, Op after) {
        int promotions() {
            return after.timeline() - before.timeline();
        }
    }

    @Override
    public Finding judge(History history) {
        var act = history.injectedAt();
        if (act.isEmpty()) {
            return Finding.of(this, Verdict.VOID, "the history has no act");
        }
        var worst = history.clients().stream()
                .flatMap(client -> told(history, client, act.getAsLong()).stream())
                .max(Comparator.comparingInt(Told::promotions));
        return worst.map(told -> Finding.of(
                        this,
                        told.promotions() > most ? Verdict.BROKEN : Verdict.HELD,
                        told.client() + " was answered by " + said(told.before()) + " before, and by "
                                + said(told.after()) + " last: "
                                + (told.promotions() == 0 ? "nobody was promoted" : told.promotions() + " promoted")))
                .orElseGet(() -> Finding.of(
                        this, Verdict.VOID, "no client was told of timelines both before the act and after it"));
    }

    private static Optional<Told> told(History history, Client client, long act) {
        var telling = history.ops(client).stream()
                .filter(op -> op.ok() && op.timeline() > 0)
                .toList();
        var before = telling.stream().filter(op -> op.ended() <= act).max(Comparator.comparingInt(Op::timeline));
        var after = telling.stream().filter(op -> op.sent() > act).max(Comparator.comparingInt(Op::timeline));
        return before.flatMap(first -> after.map(last -> new Told(client, first, last)));
    }

    private static String said(Op op) {
        return op.instance() + " (timeline " + op.timeline() + ")";
    }

    @Override
    public String toString() {
        return most == 0 ? "nobody is promoted" : "at most " + most + " promoted";
    }
}
