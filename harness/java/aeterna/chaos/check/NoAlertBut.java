package aeterna.chaos.check;

import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Judges which alerts fired at all: one that has nothing to do with the fault sends people the wrong way.
 *
 * @param expected the names of those that may
 */
record NoAlertBut(List<String> expected) implements Promise {
    NoAlertBut {
        expected = List.copyOf(expected);
    }

    @Override
    public Optional<Duration> limit() {
        return Optional.empty();
    }

    @Override
    public Finding judge(History history) {
        if (!Alerts.watched(history)) {
            return Finding.of(this, Verdict.VOID, "nobody watched the alerts");
        }
        var others = Alerts.of(history).all().stream()
                .filter(firing -> !expected.contains(firing.name()))
                .map(firing -> firing.name() + " " + firing.what())
                .collect(Collectors.toCollection(TreeSet::new));
        return Finding.of(
                this,
                others.isEmpty() ? Verdict.HELD : Verdict.BROKEN,
                others.isEmpty() ? "no other fired" : "fired as well: " + String.join("; ", others));
    }

    @Override
    public String toString() {
        return expected.isEmpty() ? "no alert fires" : "no alert fires but " + String.join(", ", expected);
    }
}
