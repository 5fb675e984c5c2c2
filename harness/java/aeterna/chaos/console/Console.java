package aeterna.chaos.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where the commands write to.
 *
 * @param out results and progress
 * @param err what went wrong
 * @param terminal whether a person looks at {@code out} while it is written
 * @param columns the terminal's width
 * @param rows the terminal's height
 */
public record Console(PrintStream out, PrintStream err, boolean terminal, int columns, int rows) {
    private static final int USUAL_COLUMNS = 100;
    private static final int USUAL_ROWS = 40;

    /** One of the usual height. */
    public Console(PrintStream out, PrintStream err, boolean terminal, int columns) {
        this(out, err, terminal, columns, USUAL_ROWS);
    }

    /** This process's own streams; the launcher says whether they are a terminal and how wide it is. */
    public static Console ofProcess() {
        // UTF-8 whatever the locale: the commands' own texts and the programs' output they show are UTF-8.
        return of(
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
    }

    /** The streams that System has now: a test runner puts its own in their place and is confused by any other. */
    public static Console ofSystem() {
        return of(System.out, System.err);
    }

    private static Console of(PrintStream out, PrintStream err) {
        int columns = Integer.getInteger("chaos.columns", USUAL_COLUMNS);
        int rows = Integer.getInteger("chaos.rows", USUAL_ROWS);
        return new Console(
                out,
                err,
                Boolean.getBoolean("chaos.terminal"),
                columns < 20 ? USUAL_COLUMNS : columns,
                rows < 5 ? USUAL_ROWS : rows);
    }
}
