package aeterna.chaos.observe;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.client.Alertmanager.Raised;
import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertWatchTest {
    private static final Raised GONE = new Raised("NodeGone", "{node=node-1}");

    private final FakeTime time = new FakeTime();
    private final List<Entry> entries = new ArrayList<>();
    private List<Raised> raised = List.of();
    private boolean silent;

    private List<Raised> ask() {
        if (silent) {
            throw new Problem("Alertmanager cannot be asked", "Look at its pod.");
        }
        return raised;
    }

    private List<String> observed() {
        return entries.stream()
                .filter(Entry.Observed.class::isInstance)
                .map(Entry.Observed.class::cast)
                .map(seen -> seen.at() / 1_000_000_000 + " " + seen.source() + " " + seen.subject() + " " + seen.what())
                .toList();
    }

    @Test
    void tellsWhenAnAlertBeginsAndEndsOnceEach() {
        try (var watch = new AlertWatch(this::ask, time).watch(entries::add)) {
            time.pass(Duration.ofMillis(2_500));
            raised = List.of(GONE);
            time.pass(Duration.ofSeconds(3));
            raised = List.of();
            time.pass(Duration.ofSeconds(3));
        }
        assertThat(observed())
                .containsExactly(
                        "0 alerts Alertmanager is asked every second",
                        "3 alert NodeGone fires {node=node-1}",
                        "6 alert NodeGone over {node=node-1}");
    }

    @Test
    void silenceIsNoEndOfAnAlert() {
        raised = List.of(GONE);
        try (var watch = new AlertWatch(this::ask, time).watch(entries::add)) {
            time.pass(Duration.ofSeconds(2));
            silent = true;
            time.pass(Duration.ofSeconds(5));
        }
        assertThat(observed()).noneMatch(line -> line.contains("over"));
        assertThat(entries).filteredOn(Entry.Trouble.class::isInstance).hasSize(1);
    }

    @Test
    void onceClosedItAsksNoMore() {
        new AlertWatch(this::ask, time).watch(entries::add).close();
        raised = List.of(GONE);
        time.pass(Duration.ofSeconds(5));
        assertThat(observed()).hasSize(1);
    }
}
