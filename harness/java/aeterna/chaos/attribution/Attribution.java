package aeterna.chaos.attribution;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Outage;
import aeterna.chaos.model.Stage;
import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One client's outage, split into the stages of the recovery.
 *
 * @param outage what is split
 * @param shares in order; together they are the whole outage
 */
public record Attribution(Outage outage, List<Share> shares) {
    public Attribution {
        shares = List.copyOf(shares);
    }

    /**
     * One part of an outage.
     *
     * @param stages which stages: several where nothing was seen of the border between them
     * @param took how long
     * @param end what was seen at its end
     * @param timers the timers of ours that it had to wait for at least, in words; empty when there are none
     */
    public record Share(Set<Stage> stages, Duration took, String end, String timers) {
        public Share {
            stages = Set.copyOf(stages);
        }

        /** Such as {@code detect + decide}. */
        public String name() {
            return stages.stream().sorted().map(Stage::toString).collect(Collectors.joining(" + "));
        }
    }

    /** The longest outage that any finding tells of, split; empty when there was none, or one that never ended. */
    public static Optional<Attribution> of(History history) {
        return history.all(Finding.class)
                .flatMap(finding -> finding.outages().stream())
                .filter(outage -> !outage.open())
                .max(Comparator.comparing(Outage::measured))
                .flatMap(outage -> of(history, outage));
    }

    /** An outage, split; empty when it has nothing to do with an act. */
    public static Optional<Attribution> of(History history, Outage outage) {
        var act = history.injectedAt();
        if (act.isEmpty() || outage.open() || outage.to() <= act.getAsLong()) {
            return Optional.empty();
        }
        var floor = history.first(Entry.FloorComputed.class)
                .map(Entry.FloorComputed::floor)
                .orElseGet(() -> new Floor(List.of()));
        var shares = new ArrayList<Share>();
        var from = outage.from();
        Set<Stage> open = EnumSet.noneOf(Stage.class);
        var marks = new Marks(history, outage).all();
        for (var stage : Stage.values()) {
            open.add(stage);
            var mark = marks.get(stage);
            if (mark != null) {
                shares.add(new Share(open, Duration.ofNanos(mark.at() - from), mark.what(), timers(floor, open)));
                from = mark.at();
                open = EnumSet.noneOf(Stage.class);
            }
        }
        return Optional.of(new Attribution(outage, shares));
    }

    private static String timers(Floor floor, Set<Stage> stages) {
        return floor.parts().stream()
                .filter(part -> stages.contains(part.stage()))
                .map(Floor.Part::name)
                .collect(Collectors.joining(", "));
    }

    /** The share that took longest. */
    public Share dominant() {
        return shares.stream().max(Comparator.comparing(Share::took)).orElseThrow();
    }

    /** The dominant share in one line, such as {@code 31.2 s of it to detect (patroni ttl 30 s)}. */
    @Override
    public String toString() {
        var dominant = dominant();
        return Words.of(dominant.took()) + " of it to " + dominant.name()
                + (dominant.timers().isEmpty() ? "" : " (" + dominant.timers() + ")");
    }
}
