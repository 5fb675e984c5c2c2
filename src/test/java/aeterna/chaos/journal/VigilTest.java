package aeterna.chaos.journal;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.FakeMachines;
import aeterna.chaos.fakes.FakeProvider;
import aeterna.chaos.fakes.FakeTestbed;
import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Undo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VigilTest {
    private static final Undo THAW = new Undo.Thaw(new TreeSet<>(Set.of("node-1")));

    @TempDir
    private Path folder;

    private final FakeTime time = new FakeTime();
    private final FakeMachines machines = new FakeMachines("node-1", "node-2");
    private final FakeTestbed testbed = new FakeTestbed(machines, Set.of());
    private final FakeProvider provider = new FakeProvider(testbed);
    private final List<String> log = new ArrayList<>();
    private Journal journal;
    private Vigil vigil;

    @BeforeEach
    void open() {
        journal = new Journal(folder.resolve("journal.jsonl"), time);
        vigil = new Vigil(journal, provider, time, log::add);
    }

    private void breakSomething() {
        journal.announce("fake", "freeze node-1", List.of(THAW));
        machines.freeze(List.of("node-1"));
    }

    @Test
    void nothingToUndoIsNothingToSay() throws Exception {
        assertThat(vigil.keep("fake")).isTrue();
        assertThat(log).isEmpty();
        assertThat(provider.acts).isEmpty();
    }

    @Test
    void whatIsOpenIsUndoneWhileTheTestbedIsKept() throws Exception {
        breakSomething();
        assertThat(vigil.keep("fake")).isTrue();
        assertThat(machines.all()).allMatch(Machine::whole);
        assertThat(journal.open("fake")).isEmpty();
        assertThat(provider.acts).containsExactly("reserve for UNDO", "release");
        assertThat(log).singleElement().asString().startsWith("undone: freeze node-1 (announced ");
    }

    @Test
    void whatTheEngineWasJustAskedToDoIsUndoneToo() throws Exception {
        journal.announce("fake", "freeze node-1", List.of(THAW));
        time.at(Duration.ofSeconds(1).toNanos(), () -> machines.freeze(List.of("node-1")));
        assertThat(vigil.keep("fake")).isTrue();
        assertThat(machines.acts()).containsExactly("thaw [node-1]", "freeze [node-1]", "thaw [node-1]");
    }

    @Test
    void whoeverKeepsTheTestbedUndoesItAndTheWatcherIsQuiet() throws Exception {
        breakSomething();
        provider.keptByOthers = 3;
        provider.whileKept = () -> journal.heal("fake", Healer.through(testbed));
        assertThat(vigil.keep("fake")).isTrue();
        assertThat(machines.acts()).containsExactly("freeze [node-1]", "thaw [node-1]");
        assertThat(log).isEmpty();
    }

    @Test
    void anEngineThatIsAwayIsWaitedFor() throws Exception {
        breakSomething();
        machines.failing("thaw");
        time.at(Duration.ofMinutes(2).toNanos(), () -> machines.failing(""));
        assertThat(vigil.keep("fake")).isTrue();
        assertThat(machines.all()).allMatch(Machine::whole);
        assertThat(log).hasSize(2);
        assertThat(log.get(0)).startsWith("not undone yet: not everything could be undone: Thaw");
        assertThat(log.get(1)).startsWith("undone: ");
    }

    @Test
    void whatCannotBeUndoneIsGivenUpLoudlyAndStaysOpen() throws Exception {
        breakSomething();
        machines.failing("thaw");
        assertThat(vigil.keep("fake")).isFalse();
        assertThat(log).last().asString().isEqualTo("gave up after 15 min: ./chaos heal has to undo the rest");
        assertThat(journal.open("fake")).hasSize(1);
    }

    @Test
    void aTestbedThatIsGoneHasNothingLeftToUndo() throws Exception {
        breakSomething();
        provider.testbed = Optional.empty();
        assertThat(vigil.keep("fake")).isTrue();
        assertThat(log).containsExactly("the testbed is gone, and what was broken with it");
    }
}
