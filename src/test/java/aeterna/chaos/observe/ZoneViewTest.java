package aeterna.chaos.observe;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.fakes.FakeWorld;
import aeterna.chaos.model.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ZoneViewTest {
    private final FakeWorld world = new FakeWorld();
    private final FakeTime time = new FakeTime();
    private final List<String> seen = new ArrayList<>();

    @Test
    void tellsWhatEveryZoneReachesWheneverThatChangesAndSumsItUp() {
        var names = new ZoneView.Service("names", "k8s-app", "kube-dns", 53);
        var view = new ZoneView(world.testbed(), "kube-system", List.of(names), time);
        var watch = view.watch(entry -> {
            var observed = (Entry.Observed) entry;
            seen.add(observed.at() / 1_000_000_000 + " " + observed.subject() + " " + observed.what());
        });
        assertThat(seen)
                .containsExactly(
                        "0 zone-a reaches 1 of 1 names",
                        "0 zone-b reaches 1 of 1 names",
                        "0 zone-c reaches 1 of 1 names");
        seen.clear();

        time.pass(Duration.ofSeconds(3));
        world.cutOff(List.of("node-3"));
        time.pass(Duration.ofSeconds(2));
        assertThat(seen).as("its other node still gets through").isEmpty();

        world.cutOff(List.of("node-4"));
        time.pass(Duration.ofSeconds(4));
        world.reconnect(List.of("node-3", "node-4"));
        time.pass(Duration.ofSeconds(2));
        watch.close();

        assertThat(seen)
                .containsExactly(
                        "6 zone-b reaches 0 of 1 names",
                        "10 zone-b reaches 1 of 1 names",
                        "11 zone-a reached some names in 6 of 6 looks, one every 2 s",
                        "11 zone-b reached some names in 4 of 6 looks, one every 2 s",
                        "11 zone-c reached some names in 6 of 6 looks, one every 2 s");
        time.pass(Duration.ofSeconds(10));
        assertThat(seen).as("over is over").hasSize(5);
    }
}
