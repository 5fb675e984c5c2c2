package aeterna.chaos.cli;

import aeterna.chaos.model.Problem;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Named here for the help alone: the launcher carries it out, since it compiles the harness and not the other way round. */
@Command(name = "test", description = "Test the project itself: shell scripts, Go modules, Java; needs no Docker.")
final class TestCommand implements Runnable {
    @Parameters(paramLabel = "MAVEN ARGUMENT", arity = "0..*", description = "Passed on to mvn verify.")
    private List<String> arguments = List.of();

    @Override
    public void run() {
        throw new Problem("'test' is carried out by the launcher", "Run ./chaos test " + String.join(" ", arguments));
    }
}
