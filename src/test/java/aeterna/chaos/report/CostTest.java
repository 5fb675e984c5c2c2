package aeterna.chaos.report;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.Histories;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Phase;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CostTest {
    private static History history(long end, Map<Phase, Long> beginnings) {
        var histories = new Histories();
        new TreeMap<>(beginnings)
                .forEach((phase, second) -> histories.add(new Entry.PhaseBegan(second * 1_000_000_000, phase)));
        return histories
                .add(new Entry.Judged(end * 1_000_000_000, Verdict.HELD, "every promise was kept"))
                .history();
    }

    @Test
    void whatARunWaitsForIsNotTheHarnessesOwnShare() {
        var quick = history(40, Map.of(Phase.STEADY, 0L, Phase.HOLD, 3L, Phase.LINGER, 30L, Phase.EVIDENCE, 38L));
        var slow = history(70, Map.of(Phase.WARM_UP, 0L, Phase.REDUNDANT, 9L, Phase.READ_BACK, 60L));

        assertThat(Cost.of(List.of(quick, slow)))
                .isEqualTo(new Cost(
                        2, Duration.ofSeconds(110), Duration.ofSeconds(24), Duration.ofSeconds(19), Phase.READ_BACK));
        assertThat(Cost.of(List.of(quick)))
                .hasToString(
                        "1 scenario in 40 s; beyond hold, recovery and linger 5 s\n  the longest of these steps: steady?");
    }
}
