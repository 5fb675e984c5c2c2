package aeterna.chaos.process;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs other programs of this machine. Thread-safe.
 *
 * <p>A program and all its children are ended when the calling thread is interrupted, when this process ends and when
 * the invocation's patience is over. All methods throw {@link aeterna.chaos.model.Problem} when the program is not
 * there or its patience is over, and {@link java.util.concurrent.CancellationException} when interrupted.
 */
public interface Programs {
    /** Exit code that shells give for a program that is not there. */
    int NOT_FOUND = 127;

    /**
     * Runs a program to its end.
     *
     * @param lines gets each line of its standard output and standard error, in the order they came
     * @return its exit code
     */
    int run(Invocation invocation, Consumer<String> lines);

    /** Runs a program to its end and keeps what it says; for programs that say little. */
    Output capture(Invocation invocation);

    /** Where a program is, looked up as a shell would; empty when it is not there. */
    Optional<Path> find(String program);
}
