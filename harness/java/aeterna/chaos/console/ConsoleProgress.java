package aeterna.chaos.console;

import aeterna.chaos.model.Progress;
import aeterna.chaos.time.Clock;
import aeterna.chaos.time.DurationText;
import aeterna.chaos.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Shows progress on the console: on a terminal one line per running step that is kept up to date, elsewhere a line at
 * the beginning, at the end and every few seconds between. Thread-safe.
 */
public final class ConsoleProgress implements Progress {
    private static final Duration REDRAW = Duration.ofMillis(250);
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);
    /** Where nobody looks, lines may be longer, but programs' own can be endless. */
    private static final int LOG_COLUMNS = 200;

    /** Moves the cursor up and clears everything below. */
    private static final String UP_AND_CLEAR = "\u001b[%dA\u001b[J";

    /** Colours and tabs of the programs' own would break the lines. */
    private static final Pattern CONTROL = Pattern.compile("\u001b\\[[0-9;]*[A-Za-z]|\\p{Cntrl}");

    private final Console console;
    private final Clock clock;
    private final Ticker ticker;
    private final List<RunningStep> running = new ArrayList<>();
    private int drawnLines;
    private Ticker.Ticking ticking;

    public ConsoleProgress(Console console, Clock clock, Ticker ticker) {
        this.console = console;
        this.clock = clock;
        this.ticker = ticker;
    }

    @Override
    public synchronized Step begin(String what, Duration expected) {
        var step = new RunningStep(what, expected);
        if (running.isEmpty()) {
            ticking =
                    console.terminal() ? ticker.every(REDRAW, this::redraw) : ticker.every(HEARTBEAT, this::heartbeat);
        }
        running.add(step);
        if (console.terminal()) {
            redraw();
        } else {
            console.out()
                    .println(what + (expected.isZero() ? "" : " (usually " + DurationText.roughly(expected) + ")"));
        }
        return step;
    }

    private synchronized void redraw() {
        draw(List.of());
    }

    private synchronized void heartbeat() {
        running.forEach(step -> console.out().println(cut(step.line(), LOG_COLUMNS)));
        console.out().flush();
    }

    private void end(RunningStep step, String finished) {
        if (!running.remove(step)) {
            return;
        }
        if (running.isEmpty()) {
            ticking.close();
        }
        if (console.terminal()) {
            draw(List.of(finished));
        } else {
            console.out().println(finished);
        }
    }

    /** Replaces the live lines: finished ones scroll away above them. */
    private void draw(List<String> finished) {
        var text = new StringBuilder();
        if (drawnLines > 0) {
            text.append(UP_AND_CLEAR.formatted(drawnLines));
        }
        finished.forEach(line -> text.append(line).append('\n'));
        for (RunningStep step : running) {
            text.append(cut(step.line(), console.columns() - 1)).append('\n');
        }
        drawnLines = running.size();
        console.out().print(text);
        console.out().flush();
    }

    private static String cut(String line, int columns) {
        return line.length() <= columns ? line : line.substring(0, columns - 1) + "…";
    }

    /** One step under way; its state is guarded by the progress it belongs to. */
    private final class RunningStep implements Step {
        private final String what;
        private final Duration expected;
        private final long began = clock.nanos();
        private long done;
        private long total;
        private String detail = "";

        RunningStep(String what, Duration expected) {
            this.what = what;
            this.expected = expected;
        }

        @Override
        public void at(long nowDone, long nowTotal, String nowDetail) {
            synchronized (ConsoleProgress.this) {
                done = nowDone;
                total = nowTotal;
                detail = CONTROL.matcher(nowDetail).replaceAll(" ").strip();
            }
        }

        @Override
        public void close() {
            synchronized (ConsoleProgress.this) {
                end(this, what + ": done in " + DurationText.of(clock.since(began)));
            }
        }

        @Override
        public void failed(String why) {
            synchronized (ConsoleProgress.this) {
                end(this, what + ": FAILED after " + DurationText.of(clock.since(began)) + ": " + why);
            }
        }

        String line() {
            Duration elapsed = clock.since(began);
            var line = new StringBuilder(what).append(": ");
            if (total > 0) {
                line.append(done).append('/').append(total).append(", ");
            }
            line.append(DurationText.of(elapsed)).append(" so far");
            String remaining = RemainingTime.of(elapsed, expected, done, total);
            if (!remaining.isEmpty()) {
                line.append(", ").append(remaining);
            }
            if (!detail.isEmpty()) {
                line.append(" | ").append(detail);
            }
            return line.toString();
        }
    }
}
