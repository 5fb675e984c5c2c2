package aeterna.chaos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.console.Console;
import aeterna.chaos.model.Problem;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Command(name = "work", description = "Works.")
    static final class Work implements Runnable {
        @Option(names = "--outcome", description = "How it ends.")
        private String outcome = "well";

        @Mixin
        private ImageOptions images;

        @Parameters(arity = "0..1")
        private int number;

        @Override
        public void run() {
            switch (outcome) {
                case "problem" -> throw new Problem("the disk is full", "Free some space.");
                case "defect" -> throw new IllegalStateException("number " + number + " " + images.mode());
                case "interrupted" -> throw new CancellationException();
                default -> {}
            }
        }
    }

    @Test
    void helpIsEverywhere() {
        assertThat(run("--help")).isZero();
        assertThat(out()).contains("work", "Works.");
        assertThat(run("work", "--help")).isZero();
        assertThat(out()).contains("Usage: ./chaos work", "--outcome", "--images=MODE", "Default: auto");
        assertThat(err()).isEmpty();
    }

    @Test
    void goodWorkEndsWithZero() {
        assertThat(run("work")).isZero();
        assertThat(err()).isEmpty();
    }

    @Test
    void aProblemIsTwoLines() {
        assertThat(run("work", "--outcome=problem")).isEqualTo(2);
        assertThat(err()).isEqualTo("chaos: the disk is full\n  Free some space.\n");
    }

    @Test
    void aDefectShowsItsTraceOnDemandOnly() {
        assertThat(run("work", "--outcome=defect")).isEqualTo(2);
        assertThat(err())
                .startsWith("chaos: unexpected IllegalStateException: number 0 auto\n")
                .contains("./chaos work --debug")
                .doesNotContain("at aeterna.chaos");
        assertThat(run("work", "--outcome=defect", "--debug")).isEqualTo(2);
        assertThat(err()).contains("at aeterna.chaos.cli.MainTest");
    }

    @Test
    void aProblemWithDebugShowsItsTraceToo() {
        assertThat(run("--debug", "work", "--outcome=problem")).isEqualTo(2);
        assertThat(err()).contains("at aeterna.chaos.cli.MainTest");
    }

    @Test
    void anInterruptIsCountedAsShellsDo() {
        assertThat(run("work", "--outcome=interrupted")).isEqualTo(130);
    }

    @Test
    void mistypedNamesAreAnsweredWithTheNearest() {
        assertThat(run("wrok")).isEqualTo(2);
        assertThat(err())
                .isEqualTo(
                        "chaos: ./chaos has no command 'wrok'\n  Did you mean work? ./chaos --help explains the command.\n");
        assertThat(run("work", "--outcom=x")).isEqualTo(2);
        assertThat(err()).contains("has no option --outcom", "Did you mean --outcome?");
        assertThat(run("work", "--images", "offlin")).isEqualTo(2);
        assertThat(err()).contains("there is no image mode 'offlin'", "Did you mean offline?");
    }

    @Test
    void badUsageSaysWhatAndWhere() {
        assertThat(run()).isEqualTo(2);
        assertThat(err()).startsWith("chaos: no command was given\n");
        assertThat(run("work", "many")).isEqualTo(2);
        assertThat(err()).startsWith("chaos: ./chaos work: ").contains("many", "./chaos work --help");
        assertThat(run("work", "--outcome")).isEqualTo(2);
        assertThat(err()).startsWith("chaos: ./chaos work: missing required parameter for option '--outcome'");
        assertThat(run("work", "1", "2")).isEqualTo(2);
        assertThat(err()).contains("takes no argument '2'");
    }

    @Test
    void everyRealCommandExplainsItself() {
        var wiring = Wiring.ofProcess();
        var names = Main.commands(wiring).stream()
                .map(command -> command instanceof CommandLine nested ? nested : new CommandLine(command))
                .map(CommandLine::getCommandName)
                .toList();
        assertThat(names).hasSizeGreaterThan(5);
        for (String name : names) {
            out.reset();
            assertThat(new Main(console(), Main.commands(wiring)).run(name, "--help"))
                    .as(name)
                    .isZero();
            assertThat(out()).startsWith("Usage: ./chaos " + name);
        }
    }

    private int run(String... arguments) {
        out.reset();
        err.reset();
        return new Main(console(), List.of(new Work())).run(arguments);
    }

    private Console console() {
        return new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                100);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
