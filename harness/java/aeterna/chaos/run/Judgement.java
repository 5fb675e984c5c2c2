package aeterna.chaos.run;

import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Verdict;
import java.util.List;

/** What became of every promise, and of the whole: one that is broken outweighs one that nobody can judge. */
record Judgement(Verdict verdict, String because, List<Finding> findings) {
    /** Every promise held against what was seen; a checker that crashes proves nothing. */
    static Judgement of(List<Promise> promises, History history) {
        var findings = promises.stream().map(promise -> judge(promise, history)).toList();
        var verdict = worst(findings);
        return new Judgement(verdict, reason(verdict, findings), findings);
    }

    /** No promise is judged. */
    static Judgement none(List<Promise> promises, String because) {
        var findings = promises.stream()
                .map(promise -> Finding.of(promise, Verdict.VOID, "not judged: " + because))
                .toList();
        return new Judgement(Verdict.VOID, because, findings);
    }

    private static Finding judge(Promise promise, History history) {
        try {
            return promise.judge(history);
        } catch (RuntimeException crashed) {
            return Finding.of(promise, Verdict.VOID, "its checker crashed: " + Run.said(crashed));
        }
    }

    private static Verdict worst(List<Finding> findings) {
        var verdicts = findings.stream().map(Finding::verdict).toList();
        return verdicts.contains(Verdict.BROKEN)
                ? Verdict.BROKEN
                : verdicts.contains(Verdict.VOID) ? Verdict.VOID : Verdict.HELD;
    }

    private static String reason(Verdict verdict, List<Finding> findings) {
        return findings.stream()
                .filter(finding -> verdict != Verdict.HELD && finding.verdict() == verdict)
                .map(finding -> finding.promise() + ": " + finding.because())
                .reduce((first, second) -> first + "; " + second)
                .orElse("every promise was kept");
    }
}
