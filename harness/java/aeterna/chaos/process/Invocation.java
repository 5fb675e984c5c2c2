package aeterna.chaos.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A program to be run.
 *
 * @param command the program and its arguments
 * @param directory where it runs; empty for here
 * @param environment variables added to this process's own
 * @param patience after how long it is ended by force; empty for never
 */
public record Invocation(
        List<String> command, Optional<Path> directory, Map<String, String> environment, Optional<Duration> patience) {
    public Invocation {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** A program with its arguments. */
    public static Invocation of(String... command) {
        return of(List.of(command));
    }

    /** A program with its arguments. */
    public static Invocation of(List<String> command) {
        return new Invocation(command, Optional.empty(), Map.of(), Optional.empty());
    }

    /** The same with further arguments. */
    public Invocation and(List<String> arguments) {
        var longer = new ArrayList<>(command);
        longer.addAll(arguments);
        return new Invocation(longer, directory, environment, patience);
    }

    /** The same, run in a folder. */
    public Invocation in(Path folder) {
        return new Invocation(command, Optional.of(folder), environment, patience);
    }

    /** The same with a variable. */
    public Invocation with(String variable, String value) {
        var more = new HashMap<>(environment);
        more.put(variable, value);
        return new Invocation(command, directory, more, patience);
    }

    /** The same, ended by force when it takes longer. */
    public Invocation atMost(Duration limit) {
        return new Invocation(command, directory, environment, Optional.of(limit));
    }

    /** The program's name. */
    public String program() {
        return command.get(0);
    }

    @Override
    public String toString() {
        return String.join(" ", command);
    }
}
