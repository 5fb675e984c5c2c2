package aeterna.chaos.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Looks for what should not be there; each audit is a sub-command of its own. */
@Command(name = "audit", description = "Look for what should not be there.", synopsisSubcommandLabel = "AUDIT")
final class AuditCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no audit was named");
    }
}
