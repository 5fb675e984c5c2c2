package aeterna.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.fakes.FakeWorld;
import aeterna.chaos.fakes.Rig;
import aeterna.chaos.fault.FreezeNode;
import aeterna.chaos.fault.Targets;
import aeterna.chaos.model.Bound;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.model.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlastRadiusTest {
    @TempDir
    Path folder;

    private final FakeWorld world = new FakeWorld();
    private Rig rig;

    @BeforeEach
    void build() {
        rig = new Rig(folder);
    }

    private Experiment freezesAZone() {
        return rig.experiment()
                .inject(FreezeNode.of(Targets.on(world.testbed()).zone("zone-b"))
                        .holdFor(Duration.ofSeconds(30)));
    }

    @Test
    void whatExceedsTheBoundIsRefusedBeforeAnythingIsTouched() {
        var before = world.state();

        var result = rig.runner(world.testbed()).run(freezesAZone().bound(new Bound(0, 1, 0)));

        assertThat(result.verdict()).isEqualTo(Verdict.VOID);
        assertThat(result.because())
                .isEqualTo("refused: the fault would hit 2 nodes of at most 1 and 1 zones of at most 0");
        assertThat(world.state()).isEqualTo(before);
        assertThat(rig.journal.open("fake")).isEmpty();
    }

    @Test
    void aDryRunSaysWhomItWouldHitAndTouchesNothing() {
        var before = world.state();

        var result = rig.runner(world.testbed()).dry().run(freezesAZone());

        assertThat(Runner.previewed(result.because())).isTrue();
        assertThat(result.because())
                .contains("freeze zone-b")
                .contains("[node-3, node-4]")
                .contains("Thaw");
        assertThat(world.state()).isEqualTo(before);
        assertThat(rig.journal.open("fake")).isEmpty();
        assertThat(Runner.previewed(rig.runner(world.testbed())
                        .dry()
                        .run(freezesAZone().bound(new Bound(0, 0, 0)))
                        .because()))
                .isFalse();
    }

    @Test
    void podsThatGoAlongWithoutBeingAimedAtAreReported() {
        rig.observers.add(recorder -> {
            seen(recorder, 0, "aeterna/hit", "node-3", 0, false);
            seen(recorder, 0, "aeterna/restarted", "node-1", 0, false);
            seen(recorder, 0, "aeterna/went", "node-2", 0, false);
            seen(recorder, 0, "aeterna/stayed", "node-5", 2, false);
            rig.time.at(Duration.ofSeconds(20).toNanos(), () -> {
                var now = rig.time.nanos();
                seen(recorder, now, "aeterna/hit", "node-3", 0, true);
                seen(recorder, now, "aeterna/restarted", "node-1", 1, false);
                seen(recorder, now, "aeterna/went", "node-2", 0, true);
                seen(recorder, now, "aeterna/stayed", "node-5", 2, false);
            });
            return () -> {};
        });

        var result = rig.runner(world.testbed()).run(freezesAZone());

        assertThat(result.history()
                        .all(Entry.Observed.class)
                        .filter(seen -> seen.source().equals("blast radius")))
                .extracting(seen -> seen.subject() + " " + seen.what())
                .containsExactly(
                        "aeterna/restarted restarted on node-1, and was not aimed at",
                        "aeterna/went went on node-2, and was not aimed at");
    }

    private static void seen(Recorder recorder, long at, String pod, String node, int restarts, boolean gone) {
        recorder.record(new Entry.PodSeen(at, pod, "uid-" + pod, restarts, "ReplicaSet/x", node, !gone, gone));
    }

    @Test
    void aBoundIsOfNumbersAndNamesWhatExceedsIt() {
        assertThatThrownBy(() -> new Bound(-1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(Bound.USUAL.exceededBy(Hit.of(List.of("a/b"), List.of("node-1"), List.of())))
                .isEmpty();
        assertThat(new Bound(0, 4, 2).exceededBy(Hit.of(List.of("a/b"), List.of(), List.of())))
                .contains("1 pods of at most 0");
    }
}
