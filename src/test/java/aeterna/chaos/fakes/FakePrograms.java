package aeterna.chaos.fakes;

import aeterna.chaos.model.Problem;
import aeterna.chaos.process.Invocation;
import aeterna.chaos.process.Output;
import aeterna.chaos.process.Programs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/** Programs that do what tests tell them, and are remembered. Thread-safe. */
public final class FakePrograms implements Programs {
    private final Set<String> installed = new TreeSet<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<Invocation> invocations = new CopyOnWriteArrayList<>();

    private record Rule(String beginning, Function<Invocation, Output> act) {}

    /** Programs that are there. */
    public FakePrograms installed(String... programs) {
        installed.addAll(List.of(programs));
        return this;
    }

    /** Programs that are no longer there. */
    public FakePrograms removed(String... programs) {
        List.of(programs).forEach(installed::remove);
        return this;
    }

    /** What commands that begin like this do; later rules come before earlier ones. */
    public FakePrograms when(String beginning, Function<Invocation, Output> act) {
        rules.add(0, new Rule(beginning, act));
        return this;
    }

    /** What commands that begin like this print. */
    public FakePrograms prints(String beginning, String out) {
        return when(beginning, invocation -> new Output(0, out, ""));
    }

    /** Commands that begin like this fail. */
    public FakePrograms fails(String beginning, String err) {
        return when(beginning, invocation -> new Output(1, "", err));
    }

    /** Every command line so far, in order. */
    public List<String> commands() {
        return invocations.stream().map(Invocation::toString).toList();
    }

    /** Those that begin like this. */
    public List<String> commands(String beginning) {
        return commands().stream()
                .filter(command -> command.startsWith(beginning))
                .toList();
    }

    /** Every invocation so far, in order. */
    public List<Invocation> invocations() {
        return new ArrayList<>(invocations);
    }

    /** Forgets what was run so far. */
    public void forget() {
        invocations.clear();
    }

    @Override
    public int run(Invocation invocation, Consumer<String> lines) {
        Output output = capture(invocation);
        output.out().lines().forEach(lines);
        output.err().lines().forEach(lines);
        return output.exitCode();
    }

    @Override
    public Output capture(Invocation invocation) {
        if (find(invocation.program()).isEmpty()) {
            throw new Problem("the program '" + invocation.program() + "' is not there", "Install it.");
        }
        invocations.add(invocation);
        return rules.stream()
                .filter(rule -> invocation.toString().startsWith(rule.beginning()))
                .findFirst()
                .map(rule -> rule.act().apply(invocation))
                .orElse(new Output(0, "", ""));
    }

    @Override
    public Optional<Path> find(String program) {
        return installed.contains(program) ? Optional.of(Path.of("/usr/bin", program)) : Optional.empty();
    }
}
