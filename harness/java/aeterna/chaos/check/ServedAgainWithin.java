package aeterna.chaos.check;

import aeterna.chaos.attribution.Attribution;
import aeterna.chaos.model.Client;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Outage;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Judges each client's longest outage; the worst client decides.
 *
 * @param only the kind of clients that it is about; empty for all of them
 */
record ServedAgainWithin(Duration within, Optional<Op.Kind> only) implements Promise {
    ServedAgainWithin(Duration within) {
        this(within, Optional.empty());
    }

    @Override
    public Optional<Duration> limit() {
        return Optional.of(within);
    }

    @Override
    public Finding judge(History history) {
        var silent = silent(history);
        if (silent.isPresent()) {
            return Finding.of(this, Verdict.VOID, silent.get());
        }
        var worstOfEach = new ArrayList<Outage>();
        Outages.of(history).forEach((client, outages) -> {
            if (concerns(client)) {
                outages.stream().max(byWeight()).ifPresent(worstOfEach::add);
            }
        });
        if (worstOfEach.isEmpty()) {
            var spacing = history.users().stream()
                    .filter(this::concerns)
                    .map(Client::spacing)
                    .max(Comparator.naturalOrder());
            return new Finding(
                    toString(),
                    Verdict.HELD,
                    limit(),
                    Optional.of(Duration.ZERO),
                    spacing.orElse(Duration.ZERO),
                    "no client noticed anything",
                    List.of());
        }
        var worst = worstOfEach.stream().max(byWeight()).orElseThrow();
        return new Finding(
                toString(),
                verdict(worst),
                limit(),
                Optional.of(worst.measured()),
                worst.error(),
                because(worst) + stages(history, worst),
                worstOfEach);
    }

    /** A broken promise weighs more than one that nobody can judge, that one more than a kept one; then what is certain of it. */
    private Comparator<Outage> byWeight() {
        return Comparator.<Outage>comparingInt(outage -> switch (verdict(outage)) {
                    case HELD -> 0;
                    case VOID -> 1;
                    case BROKEN -> 2;
                })
                .thenComparing(Outage::atLeast)
                .thenComparing(Outage::measured);
    }

    private Verdict verdict(Outage outage) {
        if (outage.atLeast().compareTo(within) > 0) {
            return Verdict.BROKEN;
        }
        if (outage.open()) {
            return Verdict.VOID;
        }
        if (outage.stalled() && outage.atMost().compareTo(within) > 0) {
            return Verdict.VOID;
        }
        return outage.measured().compareTo(within) > 0 ? Verdict.BROKEN : Verdict.HELD;
    }

    private String because(Outage outage) {
        if (outage.open()) {
            return outage.client() + " was not served for " + Words.of(outage.measured())
                    + ", and was still not served when the clients stopped; promised " + Words.of(within);
        }
        if (verdict(outage) == Verdict.HELD && outage.atLeast().isZero()) {
            return "no client noticed anything for certain; at most " + Words.of(outage.atMost());
        }
        var measured = outage.client() + " was served again after " + Words.of(outage.measured()) + " (±"
                + Words.of(outage.error()) + "), promised " + Words.of(within);
        return verdict(outage) == Verdict.VOID
                ? measured + "; the prober itself stalled, and the limit lies within the error"
                : measured;
    }

    /** Of a broken promise also what ate the time. */
    private String stages(History history, Outage outage) {
        return verdict(outage) == Verdict.BROKEN
                ? Attribution.of(history, outage).map(split -> "; " + split).orElse("")
                : "";
    }

    /** Why the clients cannot say anything, if so: each has to be at work from the act to the end. */
    private Optional<String> silent(History history) {
        var act = history.injectedAt();
        var end = history.began(Phase.READ_BACK);
        if (act.isEmpty() || end.isEmpty()) {
            return Optional.of("the history has no act, or no end");
        }
        var clients = history.users().stream().filter(this::concerns).toList();
        if (clients.isEmpty()) {
            return Optional.of(only.isEmpty() ? "no client ever ran" : "no client of that kind ever ran");
        }
        for (var client : clients) {
            var last = history.ops(client).stream().mapToLong(Op::scheduled).max();
            var patience = client.settled().plus(client.deadline()).toNanos();
            if (last.isEmpty() || last.getAsLong() < end.getAsLong() - patience || last.getAsLong() < act.getAsLong()) {
                return Optional.of(client + " stopped working before the end");
            }
        }
        return Optional.empty();
    }

    private boolean concerns(Client client) {
        return only.isEmpty() || only.get() == client.kind();
    }

    @Override
    public String toString() {
        var whose =
                only.map(kind -> kind == Op.Kind.WRITE ? "writes " : "reads ").orElse("");
        return whose + "served again within " + Words.of(within);
    }
}
