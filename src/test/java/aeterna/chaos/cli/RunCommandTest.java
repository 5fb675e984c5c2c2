package aeterna.chaos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.model.Problem;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;

class RunCommandTest {
    private final RunCommand.Problems problems = new RunCommand.Problems();

    @Test
    void theProblemBehindAFailureIsTold() {
        var problem = new Problem("the port is taken", "Free it.");
        failed(new IllegalStateException("no parameter", new IllegalStateException(problem)));
        assertThat(problems.found).containsExactly(problem);
    }

    @Test
    void aDefectDoesNotPassForAScenarioThatWasRun() {
        var defect = new IllegalArgumentException("unforeseen");
        failed(new IllegalStateException("no parameter", defect));
        failed(new StackOverflowError());
        assertThat(problems.found).hasSize(2).first().isSameAs(defect);
    }

    @Test
    void aVerdictIsNoProblem() {
        failed(new AssertionError("BROKEN", new Problem("the engine is gone", "Start it.")));
        problems.executionFinished(null, TestExecutionResult.successful());
        assertThat(problems.found).isEmpty();
    }

    private void failed(Throwable thrown) {
        problems.executionFinished(null, TestExecutionResult.failed(thrown));
    }
}
