package aeterna.chaos.run;

import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * What came of a run.
 *
 * @param verdict what was proven
 * @param because the reason in one sentence
 * @param findings one for each promise, in the experiment's order
 * @param history everything seen, saved
 * @param cause what was thrown, when that is why nothing was proven
 */
public record Result(
        Verdict verdict, String because, List<Finding> findings, History history, Optional<Throwable> cause) {
    public Result {
        findings = List.copyOf(findings);
    }
}
