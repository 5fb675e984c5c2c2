package aeterna.chaos.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.cluster.Flow;
import aeterna.chaos.fakes.FakeMachines;
import aeterna.chaos.fakes.FakeTestbed;
import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.fakes.FakeWorld;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Place;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Undo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final Undo THAW = new Undo.Thaw(new TreeSet<>(Set.of("node-1")));
    private static final Undo POWER_ON = new Undo.PowerOn(new TreeSet<>(Set.of("node-2")));
    private static final Undo RECONNECT = new Undo.Reconnect(new TreeSet<>(Set.of("node-1", "node-2")));

    @TempDir
    Path folder;

    private final FakeMachines machines = new FakeMachines("node-1", "node-2");
    private final Healer healer = Healer.through(new FakeTestbed(machines, Set.of()));
    private Path file;
    private Journal journal;

    @BeforeEach
    void open() {
        file = folder.resolve("below/journal.jsonl");
        journal = new Journal(file, new FakeTime());
    }

    @Test
    void everyKindOfUndoRoundTripsAndIsCarriedOut() {
        var world = new FakeWorld();
        var whole = world.state();
        var pod = new Place("node-3", "uid-app-3-2");
        world.freeze(List.of("node-1"));
        world.powerOff(List.of("node-2"));
        world.cutOff(List.of("node-4"));
        world.freeze(pod);
        world.cordon("node-5", true);
        world.traffic().block("abcd", List.of(Flow.arriving(pod, "")));
        world.strain().burn("efgh", List.of("node-6"), 1, 200);
        world.fill(pod, "/data", FakeWorld.VOLUME);
        var steps = List.<Undo>of(
                new Undo.Thaw(new TreeSet<>(Set.of("node-1"))),
                new Undo.PowerOn(new TreeSet<>(Set.of("node-2"))),
                new Undo.Reconnect(new TreeSet<>(Set.of("node-4"))),
                new Undo.ThawPods(new TreeSet<>(Set.of(pod))),
                new Undo.Uncordon(new TreeSet<>(Set.of("node-5"))),
                new Undo.ClearTraffic("abcd"),
                new Undo.EndStrain("efgh", new TreeSet<>(Set.of("node-6"))),
                new Undo.EmptyVolume(pod, "/data"));
        // A new kind of undo has to be added here, and to the healer.
        assertThat(steps.stream().<Class<?>>map(Undo::getClass)).hasSameSizeAs(Undo.class.getPermittedSubclasses());
        journal.announce("testbed", "all of them", steps);
        assertThat(journal.open("testbed").get(0).undo()).isEqualTo(steps);

        journal.heal("testbed", Healer.through(world.testbed()));
        assertThat(world.state()).isEqualTo(whole);
    }

    @Test
    void healingTwiceIsHealingOnce() {
        machines.freeze(List.of("node-1"));
        journal.announce("testbed", "freeze", List.of(THAW));
        assertThat(journal.heal("testbed", healer)).hasSize(1);
        assertThat(machines.all()).allMatch(Machine::whole);
        assertThat(journal.heal("testbed", healer)).isEmpty();
        assertThat(machines.acts()).containsExactly("freeze [node-1]", "thaw [node-1]");
    }

    @Test
    void undoingAloneSignsNothingOff() {
        machines.freeze(List.of("node-1"));
        journal.announce("testbed", "freeze", List.of(THAW));
        journal.undo("testbed", healer);
        assertThat(machines.all()).allMatch(Machine::whole);
        assertThat(journal.open("testbed")).hasSize(1);
        machines.failing("thaw");
        assertThatThrownBy(() -> journal.undo("testbed", healer)).isInstanceOf(Problem.class);
    }

    @Test
    void nothingIsAnnouncedThatNobodyWatches() {
        var unwatched = new Journal(file, new FakeTime(), () -> {
            throw new Problem("the watcher does not start", "See its log.");
        });
        assertThatThrownBy(() -> unwatched.announce("testbed", "freeze", List.of(THAW)))
                .isInstanceOf(Problem.class)
                .hasMessage("the watcher does not start");
        assertThat(file).doesNotExist();
    }

    @Test
    void halfAnInjectionIsUndoneAsAWhole() {
        journal.announce("testbed", "freeze a zone", List.of(new Undo.Thaw(new TreeSet<>(Set.of("node-1", "node-2")))));
        machines.freeze(List.of("node-1")); // and then the process died
        new Journal(file, new FakeTime()).heal("testbed", healer);
        assertThat(machines.all()).allMatch(Machine::whole);
    }

    @Test
    void theNewestDamageIsUndoneFirst() {
        journal.announce("testbed", "first", List.of(THAW));
        journal.announce("testbed", "second", List.of(POWER_ON));
        journal.heal("testbed", healer);
        assertThat(machines.acts()).containsExactly("powerOn [node-2]", "thaw [node-1]");
    }

    @Test
    void aStepThatFailsStopsNoOtherAndStaysOpen() {
        journal.announce("testbed", "power-off", List.of(POWER_ON));
        journal.announce("testbed", "freeze", List.of(THAW));
        machines.failing("thaw");
        assertThatThrownBy(() -> journal.heal("testbed", healer))
                .isInstanceOf(Problem.class)
                .hasMessage("not everything could be undone: Thaw[nodes=[node-1]]: the engine is gone");
        assertThat(machines.acts()).containsExactly("powerOn [node-2]");
        assertThat(journal.open("testbed"))
                .singleElement()
                .matches(open -> open.fault().equals("freeze"));

        machines.failing("");
        assertThat(journal.heal("testbed", healer)).hasSize(1);
        assertThat(journal.open("testbed")).isEmpty();
    }

    @Test
    void damageThatWentWithAnEarlierTestbedIsSignedOff() {
        journal.announce("testbed", "freeze", List.of(new Undo.Thaw(new TreeSet<>(Set.of("node-6")))));
        assertThat(journal.heal("testbed", healer)).hasSize(1);
        assertThat(machines.acts()).isEmpty();
        assertThat(journal.open("testbed")).isEmpty();
    }

    @Test
    void aFullDiskKeepsNoDamageFromBeingUndone() {
        journal.announce("testbed", "power-off", List.of(POWER_ON));
        journal.announce("testbed", "freeze", List.of(THAW));
        Healer unwritable = undo -> {
            healer.heal(undo);
            if (Files.isRegularFile(file)) {
                makeUnwritable();
            }
        };
        assertThatThrownBy(() -> journal.heal("testbed", unwritable))
                .isInstanceOf(Problem.class)
                .hasMessageStartingWith("not everything could be undone: cannot write");
        assertThat(machines.acts()).containsExactly("thaw [node-1]", "powerOn [node-2]");
    }

    /** Whoever the user is: a folder in the file's place takes no line. */
    private void makeUnwritable() {
        try {
            Files.delete(file);
            Files.createDirectory(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void anotherTestbedsDamageIsLeftAlone() {
        journal.announce("other", "freeze", List.of(THAW));
        assertThat(journal.heal("testbed", healer)).isEmpty();
        assertThat(journal.open("other")).hasSize(1);
    }

    @Test
    void noFileIsNoDamage() {
        assertThat(journal.open("testbed")).isEmpty();
        assertThat(journal.heal("testbed", healer)).isEmpty();
        assertThat(file).doesNotExist();
    }

    @Test
    void tornAtEveryByteItKnowsExactlyWhatWasCompletelyWritten() throws IOException {
        var first = journal.announce("testbed", "first – größer als ASCII", List.of(THAW));
        var afterFirst = Files.size(file);
        var second = journal.announce("testbed", "second", List.of(POWER_ON, RECONNECT));
        var afterSecond = Files.size(file);
        journal.heal("testbed", healer);
        var whole = Files.readAllBytes(file);
        var lines = Files.readAllLines(file);
        var afterSignOff = afterSecond + lines.get(2).length() + 1;

        for (var length = 0; length <= whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            var expected = length < afterFirst
                    ? List.<Journal.Line.Announced>of()
                    : length < afterSecond
                            ? List.of(first)
                            : length < afterSignOff ? List.of(first, second) : List.of(first);
            if (length == whole.length) {
                expected = List.of();
            }
            assertThat(journal.open("testbed")).as("torn at byte %d", length).isEqualTo(expected);

            // And what is announced next is not swallowed by the torn line.
            var next = journal.announce("testbed", "next", List.of(THAW));
            assertThat(journal.open("testbed"))
                    .as("torn at byte %d", length)
                    .endsWith(next)
                    .hasSize(expected.size() + 1);
            journal.heal("testbed", healer);
            assertThat(journal.open("testbed")).isEmpty();
        }
    }

    @Test
    void aForeignLineIsNamed() throws IOException {
        journal.announce("testbed", "freeze", List.of(THAW));
        Files.writeString(file, "{\"type\":\"Nonsense\"}\n", StandardOpenOption.APPEND);
        assertThatThrownBy(() -> journal.open("testbed"))
                .isInstanceOf(Problem.class)
                .hasMessageStartingWith(file + ":2: no record of ours: ");
    }

    @Test
    void anUnwritablePlaceIsNamed() throws IOException {
        Files.writeString(folder.resolve("file"), "");
        var unwritable = new Journal(folder.resolve("file/journal.jsonl"), new FakeTime());
        assertThatThrownBy(() -> unwritable.announce("testbed", "freeze", List.of(THAW)))
                .isInstanceOf(Problem.class)
                .hasMessageStartingWith("cannot write ");
    }
}
