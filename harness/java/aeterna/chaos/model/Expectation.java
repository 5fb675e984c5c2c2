package aeterna.chaos.model;

/**
 * What a run is expected to end with: HELD, unless the expectations' file says otherwise.
 *
 * @param word the expected outcome
 * @param reason why it is not HELD; empty for HELD
 */
public record Expectation(Word word, String reason) {
    /** An expected outcome. */
    public enum Word {
        HELD("HELD"),
        BROKEN("BROKEN"),
        /** The testbed or profile cannot show it. */
        NOT_APPLICABLE("NOT APPLICABLE");

        private final String text;

        Word(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** Every promise is kept. */
    public static Expectation held() {
        return new Expectation(Word.HELD, "");
    }

    /** True when that verdict is what was expected; NOT APPLICABLE expects VOID, for nothing can be proven. */
    public boolean metBy(Verdict verdict) {
        return verdict
                == switch (word) {
                    case HELD -> Verdict.HELD;
                    case BROKEN -> Verdict.BROKEN;
                    case NOT_APPLICABLE -> Verdict.VOID;
                };
    }

    @Override
    public String toString() {
        return reason.isEmpty() ? word.toString() : word + ": " + reason;
    }
}
