package aeterna.chaos.junit;

import aeterna.chaos.model.Expectation;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.run.Result;

/** Turns verdicts into what JUnit understands. */
public final class Verdicts {
    private Verdicts() {}

    /**
     * Passes when the run ended as it was expected to, which is HELD unless {@code scenarios/expected.yaml} says otherwise.
     *
     * @throws AssertionError when a promise was BROKEN, or one that was expected to break held
     * @throws NothingProven when the run was VOID: never an abort, which Maven would call skipped and green
     */
    public static void assertHeld(Result result) {
        var expected = result.history().began().setting().expected();
        if (expected.metBy(result.verdict())) {
            return;
        }
        if (result.verdict() == Verdict.VOID) {
            throw new NothingProven("VOID: " + result.because(), result.cause().orElse(null));
        }
        throw new AssertionError(
                result.verdict() + ": " + result.because()
                        + (expected.word() == Expectation.Word.HELD ? "" : " (expected: " + expected + ")"),
                result.cause().orElse(null));
    }

    /** Nothing was proven, for a reason that lies outside the promises. */
    public static final class NothingProven extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NothingProven(String because, Throwable cause) {
            super(because, cause);
        }
    }
}
