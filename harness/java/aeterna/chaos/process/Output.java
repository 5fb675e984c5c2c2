package aeterna.chaos.process;

/**
 * What a program did.
 *
 * @param exitCode what it ended with; 0 is well
 * @param out its standard output without trailing white space
 * @param err its standard error without trailing white space
 */
public record Output(int exitCode, String out, String err) {
    /** True when it ended well. */
    public boolean ok() {
        return exitCode == 0;
    }
}
