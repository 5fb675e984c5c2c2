package aeterna.chaos.model;

/**
 * Something the user or the environment must put right before the harness can go on; ends the command with exit code 2.
 *
 * <p>Its message says what was wrong and where; {@link #remedy()} what to do about it.
 */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    /**
     * @param what what was wrong and where, without a full stop
     * @param remedy what to do, in whole sentences
     */
    public Problem(String what, String remedy) {
        super(what);
        this.remedy = remedy;
    }

    /** As {@link #Problem(String, String)}, keeping what caused it. */
    public Problem(String what, String remedy, Throwable cause) {
        super(what, cause);
        this.remedy = remedy;
    }

    /** What to do about it, in whole sentences. */
    public String remedy() {
        return remedy;
    }
}
