package aeterna.chaos.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.fakes.FakeCluster;
import aeterna.chaos.fakes.FakeMachines;
import aeterna.chaos.fakes.FakeProvider;
import aeterna.chaos.model.Problem;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StartedTest {
    private final Problem unsteady = new Problem("the stack was not steady", "Mend it.");

    private final FakeCluster cluster = new FakeCluster();
    private final Testbed testbed = cluster.on(new FakeMachines("node-1"));
    private final FakeProvider provider = new FakeProvider(testbed);

    @Test
    void aTestbedThatWasStartedIsRemoved() {
        provider.testbed = Optional.empty();
        var failed = fail(false);

        assertThat(provider.acts).containsExactly("down fake");
        assertThat(failed).hasMessage("the stack was not steady");
        assertThat(failed.remedy())
                .isEqualTo("Mend it. The testbed, which was started for this, was removed;"
                        + " --keep keeps it for a look.");
    }

    @Test
    void aStackThatWasStartedIsRemovedFromATestbedThatWasThere() {
        assertThat(fail(false).remedy()).contains("The stack, which was started for this, was removed");
        assertThat(provider.acts).isEmpty();
        assertThat(cluster.acts).containsExactly("delete namespace aeterna");
    }

    @Test
    void whatWasThereBeforeStays() {
        cluster.annotations.put("namespace aeterna", Map.of());
        assertThat(fail(false).remedy()).contains("were there before and were kept");
        assertThat(provider.acts).isEmpty();
        assertThat(cluster.acts).isEmpty();
    }

    @Test
    void whatShallBeKeptForALookStays() {
        provider.testbed = Optional.empty();
        assertThat(fail(true).remedy()).contains("It was kept for a look");
        assertThat(provider.acts).isEmpty();
        assertThat(cluster.acts).isEmpty();
    }

    @Test
    void aDefectRemovesNothing() {
        provider.testbed = Optional.empty();
        var defect = new IllegalStateException("a defect");
        assertThat(Started.look(provider, "fake", false).undone(testbed, defect))
                .isSameAs(defect);
        assertThat(provider.acts).isEmpty();
    }

    private Problem fail(boolean keep) {
        var started = Started.look(provider, "fake", keep);
        started.beforeTheStack(testbed);
        return (Problem) started.undone(testbed, unsteady);
    }
}
