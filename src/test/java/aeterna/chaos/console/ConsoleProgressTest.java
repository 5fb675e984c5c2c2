package aeterna.chaos.console;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.model.Progress;
import aeterna.chaos.time.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
    private final FakeTime time = new FakeTime();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<Duration> ticking = new ArrayList<>();

    @Test
    void withoutATerminalThereIsALineAtLeastEveryFiveSeconds() {
        try (var step = progress(false).begin("compiling", Duration.ofMinutes(2))) {
            time.pass(Duration.ofSeconds(6));
            step.at(30, 100, "a/package");
            time.pass(Duration.ofSeconds(5));
        }
        assertThat(lines())
                .containsExactly(
                        "compiling (usually 2 min)",
                        "compiling: 5.0 s so far, about 2 min left",
                        "compiling: 30/100, 10 s so far, about 20 s left | a/package",
                        "compiling: done in 11 s");
        time.pass(Duration.ofMinutes(1));
        assertThat(lines()).hasSize(4);
    }

    @Test
    void aStepThatTakesLongerThanUsualSaysSo() {
        progress(false).begin("compiling", Duration.ofSeconds(3));
        time.pass(Duration.ofSeconds(5));
        assertThat(lines()).last().asString().endsWith("longer than the usual a few seconds");
    }

    @Test
    void aFailureSaysWhy() {
        var step = progress(false).begin("compiling", Duration.ZERO);
        step.failed("no disk");
        step.close();
        assertThat(lines()).containsExactly("compiling", "compiling: FAILED after 0.0 s: no disk");
    }

    @Test
    void onATerminalRunningStepsKeepTheirLines() {
        Progress progress = progress(true);
        var first = progress.begin("first", Duration.ZERO);
        progress.begin("second", Duration.ZERO);
        first.close();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .endsWith("\u001b[2A\u001b[Jfirst: done in 0.0 s\nsecond: 0.0 s so far\n");
    }

    @Test
    void linesFitIntoTheTerminal() {
        var step = progress(true).begin("x", Duration.ZERO);
        step.at(0, 0, "\u001b[31mred\u001b[0m\t" + "y".repeat(200));
        time.pass(Duration.ofMillis(300));
        String drawn = lines().get(lines().size() - 1).replace("\u001b[1A\u001b[J", "");
        assertThat(drawn).hasSize(39).contains("red").doesNotContain("[31m").endsWith("…");
    }

    private Progress progress(boolean terminal) {
        var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new ConsoleProgress(new Console(stream, stream, terminal, 40), time, ticker());
    }

    /** Ticks by the time that is turned by hand. */
    private Ticker ticker() {
        return (interval, work) -> {
            ticking.add(interval);
            var running = new boolean[] {true};
            time.at(time.nanos() + interval.toNanos(), new Runnable() {
                @Override
                public void run() {
                    if (running[0]) {
                        work.run();
                        time.at(time.nanos() + interval.toNanos(), this);
                    }
                }
            });
            return () -> running[0] = false;
        };
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
