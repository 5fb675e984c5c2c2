package aeterna.chaos.cli;

/** What the commands end with. */
final class ExitCode {
    static final int OK = 0;
    /** A measurement missed its target. */
    static final int MISSED = 1;
    /** An audit found something. */
    static final int FOUND = 1;
    /** Bad usage, or something that the user or the environment must put right. */
    static final int PROBLEM = 2;
    /** Ended by Ctrl-C, as shells count it. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
