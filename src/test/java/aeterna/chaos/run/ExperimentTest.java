package aeterna.chaos.run;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.fakes.Rig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentTest {
    @TempDir
    private Path folder;

    private Rig rig;

    @BeforeEach
    void make() {
        rig = new Rig(folder);
    }

    private void assertThatOneWith(UnaryOperator<Experiment> change, String refused) {
        var incomplete = change.apply(rig.experiment().inject(rig.fault));
        assertThatThrownBy(() -> rig.runner().run(incomplete)).hasMessageContaining(refused);
    }

    @Test
    void anIncompleteOneIsRefused() {
        var runner = rig.runner();
        assertThatThrownBy(() -> runner.run(Experiment.that("nothing happens")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("add .steadyWhen(…)");
        assertThatThrownBy(() -> runner.run(rig.experiment())).hasMessageContaining("add .inject(…)");
        assertThatOneWith(Experiment::promise, "add .promise(…)");
        assertThatOneWith(Experiment::under, "add .under(…)");
        assertThatOneWith(one -> one.patience(Duration.ZERO), "no patience");
        assertThatOneWith(one -> one.warmUp(0), "warms up with nothing");
    }
}
