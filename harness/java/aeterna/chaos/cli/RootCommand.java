package aeterna.chaos.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** What every command has in common; alone it only explains itself. */
@Command(
        name = "./chaos",
        description = "Proves or refutes the high-availability promises of Aeterna on a real zoned Kubernetes cluster.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Each command explains itself: ./chaos COMMAND --help"})
final class RootCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Explain the command.")
    private boolean help;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show stack traces when something goes wrong.")
    private boolean debug;

    boolean debug() {
        return debug;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), help ? "" : "no command was given");
    }
}
