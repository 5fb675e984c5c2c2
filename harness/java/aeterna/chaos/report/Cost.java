package aeterna.chaos.report;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How long scenarios took, and how much of that was not spent on what they had to wait for: the hold, the recovery, the linger.
 *
 * @param scenarios how many
 * @param total of all of them
 * @param beyond the harness's own share of it
 * @param most the largest share of a single one
 * @param step in which that one spent most of it
 */
record Cost(int scenarios, Duration total, Duration beyond, Duration most, Phase step) {
    private static final Set<Phase> WAITED_FOR = Set.of(Phase.HOLD, Phase.REDUNDANT, Phase.LINGER);

    static Cost of(List<History> histories) {
        var total = Duration.ZERO;
        var beyond = Duration.ZERO;
        var most = Duration.ZERO;
        var step = Phase.HEAL_LEFTOVERS;
        for (var history : histories) {
            var own = Duration.ZERO;
            var longest = Duration.ZERO;
            var longestStep = step;
            for (var phase : durations(history).entrySet()) {
                total = total.plus(phase.getValue());
                if (!WAITED_FOR.contains(phase.getKey())) {
                    own = own.plus(phase.getValue());
                    if (phase.getValue().compareTo(longest) > 0) {
                        longest = phase.getValue();
                        longestStep = phase.getKey();
                    }
                }
            }
            beyond = beyond.plus(own);
            if (own.compareTo(most) > 0) {
                most = own;
                step = longestStep;
            }
        }
        return new Cost(histories.size(), total, beyond, most, step);
    }

    private static Map<Phase, Duration> durations(History history) {
        var began = history.all(Entry.PhaseBegan.class).toList();
        Map<Phase, Duration> durations = new EnumMap<>(Phase.class);
        for (var i = 0; i < began.size(); i++) {
            var end = i + 1 < began.size()
                    ? began.get(i + 1).at()
                    : history.judged().at();
            durations.merge(
                    began.get(i).phase(),
                    Duration.ofNanos(Math.max(0, end - began.get(i).at())),
                    Duration::plus);
        }
        return durations;
    }

    @Override
    public String toString() {
        return scenarios + (scenarios == 1 ? " scenario" : " scenarios") + " in " + Words.of(total)
                + "; beyond hold, recovery and linger " + Words.of(beyond)
                + (scenarios == 1 ? "" : ", at most " + Words.of(most) + " in one") + "\n  the longest of these steps: "
                + step;
    }
}
