package aeterna.chaos.cli;

import aeterna.chaos.console.Console;
import aeterna.chaos.model.Nearest;
import aeterna.chaos.model.Problem;
import aeterna.chaos.report.Reports;
import aeterna.chaos.wiring.SessionSettings;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry point of {@code ./chaos}. */
public final class Main {
    private final Console console;
    private final List<Object> commands;

    /**
     * @param commands picocli commands; those that return an Integer return their exit code
     */
    public Main(Console console, List<Object> commands) {
        this.console = console;
        this.commands = List.copyOf(commands);
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        var wiring = Wiring.ofProcess();
        System.exit(new Main(wiring.console(), commands(wiring)).run(arguments));
    }

    /** Every command, in the order of the help; each gets the parts it needs and makes nothing before it runs. */
    static List<Object> commands(Wiring wiring) {
        return List.of(
                new DoctorCommand(wiring),
                new ImagesCommand(wiring),
                new UpCommand(wiring),
                new RunCommand(wiring),
                new ListCommand(wiring),
                new ReportCommand(wiring.console(), new Reports(SessionSettings.reports(wiring.home()))),
                new BaselineCommand(wiring, new Reports(SessionSettings.reports(wiring.home()))),
                new GateCommand(wiring, new Reports(SessionSettings.reports(wiring.home()))),
                new StatusCommand(wiring),
                new HealCommand(wiring),
                new CommandLine(new AuditCommand()).addSubcommand(new AuditResidueCommand(wiring)),
                new KubectlCommand(),
                new DownCommand(wiring),
                new TestCommand(),
                new CommandLine(new BenchCommand())
                        .addSubcommand(new BenchUpCommand(wiring))
                        .addSubcommand(new BenchProbeCommand(wiring))
                        .addSubcommand(new BenchCrashCommand(wiring))
                        .addSubcommand(new BenchZoneCommand(wiring))
                        .addSubcommand(new BenchFaultsCommand(wiring)),
                new CrashSubjectCommand(wiring));
    }

    /** Runs one command; the exit code. */
    public int run(String... arguments) {
        var root = new RootCommand();
        var commandLine = new CommandLine(root);
        commands.forEach(commandLine::addSubcommand);
        commandLine.setOut(writer(console.out()));
        commandLine.setErr(writer(console.err()));
        commandLine.setUsageHelpAutoWidth(false).setUsageHelpWidth(Math.min(120, Math.max(60, console.columns())));
        commandLine.setExitCodeExceptionMapper(exception -> ExitCode.PROBLEM);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setParameterExceptionHandler((exception, args) -> usage(exception));
        commandLine.setExecutionExceptionHandler((exception, line, parsed) -> failed(exception, root, parsed));
        return commandLine.execute(arguments);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    private int usage(ParameterException exception) {
        CommandLine command = exception.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        if (exception.getCause() instanceof Problem problem) {
            print(problem);
            return ExitCode.PROBLEM;
        }
        String remedy = "";
        String what = exception.getMessage();
        if (exception instanceof UnmatchedArgumentException unmatched) {
            String word = unmatched.getUnmatched().get(0);
            boolean option = word.startsWith("-");
            boolean known = !option && command.getSubcommands().isEmpty();
            what = option
                    ? name + " has no option " + word
                    : known ? name + " takes no argument '" + word + "'" : name + " has no command '" + word + "'";
            if (!known) {
                remedy = Nearest.remedy(
                                word,
                                option
                                        ? options(command)
                                        : new ArrayList<>(
                                                command.getSubcommands().keySet()))
                        + " ";
            }
        } else if (exception instanceof MissingParameterException || exception.getCause() != null) {
            what = name + ": " + lowerFirst(what);
        }
        print(new Problem(what, remedy + name + " --help explains the command."));
        return ExitCode.PROBLEM;
    }

    private static List<String> options(CommandLine command) {
        return command.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .map(CommandLine.Model.OptionSpec::longestName)
                .toList();
    }

    private int failed(Exception exception, RootCommand root, ParseResult parsed) {
        if (root.debug()) {
            exception.printStackTrace(console.err());
        }
        if (exception instanceof Problem problem) {
            print(problem);
            return ExitCode.PROBLEM;
        }
        if (exception instanceof CancellationException) {
            return ExitCode.INTERRUPTED;
        }
        String command =
                parsed.hasSubcommand() ? parsed.subcommand().commandSpec().name() : "";
        print(new Problem(
                "unexpected " + exception.getClass().getSimpleName()
                        + (exception.getMessage() == null ? "" : ": " + exception.getMessage()),
                root.debug()
                        ? "This is a defect of the harness."
                        : "This is a defect of the harness; ./chaos " + command + " --debug shows where."));
        return ExitCode.PROBLEM;
    }

    private void print(Problem problem) {
        console.out().flush();
        console.err().println("chaos: " + problem.getMessage());
        console.err().println("  " + problem.remedy());
    }

    private static String lowerFirst(String text) {
        return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}
