package aeterna.chaos.model;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Everything seen in one run, in the order in which it was written down; verdicts and reports are computed from it alone.
 *
 * @param entries beginning with {@link Entry.Began}
 */
public record History(List<Entry> entries) {
    /**
     * @throws IllegalArgumentException unless it begins where a run begins
     */
    public History {
        entries = List.copyOf(entries);
        if (entries.isEmpty() || !(entries.get(0) instanceof Entry.Began)) {
            throw new IllegalArgumentException("a history begins with the beginning of a run");
        }
    }

    /** How the run began. */
    public Entry.Began began() {
        return (Entry.Began) entries.get(0);
    }

    /** All entries of a kind, in order. */
    public <E extends Entry> Stream<E> all(Class<E> kind) {
        return entries.stream().filter(kind::isInstance).map(kind::cast);
    }

    /** The first entry of a kind. */
    public <E extends Entry> Optional<E> first(Class<E> kind) {
        return all(kind).findFirst();
    }

    /** The last entry of a kind. */
    public <E extends Entry> Optional<E> last(Class<E> kind) {
        return all(kind).reduce((earlier, later) -> later);
    }

    /** The clients to whom promises are made: those from outside of all zones. */
    public List<Client> users() {
        return clients().stream().filter(Client::outside).toList();
    }

    /** All clients that worked in it. */
    public List<Client> clients() {
        return all(Entry.ClientBegan.class).map(Entry.ClientBegan::client).toList();
    }

    /** A client's requests in the order of their schedule. */
    public List<Op> ops(Client client) {
        return all(Op.class)
                .filter(op -> op.client().equals(client.name()))
                .sorted(Comparator.comparingLong(Op::scheduled))
                .toList();
    }

    /** When the act began. */
    public OptionalLong injectedAt() {
        return moment(Entry.Injecting.class);
    }

    /** When a step began; empty for a run that died before. */
    public OptionalLong began(Phase phase) {
        return all(Entry.PhaseBegan.class)
                .filter(began -> began.phase() == phase)
                .mapToLong(Entry::at)
                .findFirst();
    }

    /** When the undo of a held fault was carried out; empty for a one-shot fault. */
    public OptionalLong healedAt() {
        return moment(Entry.Healed.class);
    }

    /** Why the run proves nothing; empty when it may prove something. */
    public Optional<String> voided() {
        return first(Entry.Voided.class).map(Entry.Voided::because);
    }

    /** How the run was judged; VOID for one that died before. */
    public Entry.Judged judged() {
        return last(Entry.Judged.class)
                .orElseGet(() -> new Entry.Judged(
                        entries.get(entries.size() - 1).at(),
                        Verdict.VOID,
                        "the history ends before it was judged, in the step: "
                                + last(Entry.PhaseBegan.class)
                                        .map(began -> began.phase().toString())
                                        .orElse("none")));
    }

    private OptionalLong moment(Class<? extends Entry> kind) {
        return first(kind).map(Entry::at).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }
}
