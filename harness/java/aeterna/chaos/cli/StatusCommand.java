package aeterna.chaos.cli;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.console.Console;
import aeterna.chaos.journal.Watcher;
import aeterna.chaos.model.Image;
import aeterna.chaos.model.Problem;
import aeterna.chaos.stack.Profile;
import aeterna.chaos.stack.RealFlavours;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.status.Changes;
import aeterna.chaos.status.Drawing;
import aeterna.chaos.status.Lookout;
import aeterna.chaos.status.Picture;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.time.Waiting;
import aeterna.chaos.wiring.SessionSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows zones, nodes, pods and who leads as they are now, or as they become. */
@Command(
        name = "status",
        description = "Show the testbed's zones, nodes and pods, who leads, and whether each component is steady.",
        footer = {"", "It also works while things are broken: what does not answer is named and shown as last seen."})
final class StatusCommand implements Runnable {
    /** Longer than everything takes to answer, and than whatever hangs takes to be told. */
    private static final Duration ONE_LOOK = Duration.ofSeconds(8);

    private static final Duration REDRAW = Duration.ofSeconds(1);
    private static final int CHANGES = 8;

    /** Moves to the upper left corner. */
    private static final String HOME = "\u001b[H";

    private static final String CLEAR_REST_OF_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";
    private static final String CLEAR_ALL = "\u001b[2J";

    private final Wiring wiring;

    @Mixin
    private TestbedOptions options;

    @Option(
            names = {"-w", "--watch"},
            description = "Go on until Ctrl-C: on a terminal drawn anew every second, elsewhere a line per change.")
    private boolean watch;

    StatusCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public void run() {
        var time = Timekeeper.system();
        try (var testbed = options.testbed(options.finder(wiring))) {
            var lookout = new Lookout(testbed, stack(testbed, time), time);
            lookout.look();
            Waiting.atMost(ONE_LOOK).untilTrue(lookout::complete);
            var picture = lookout.picture();
            if (watch) {
                watch(lookout, picture, testbed, time);
            } else {
                print(new Drawing(width(), wiring.console().terminal()).of(picture));
                print(damage(testbed));
                print(flavours(testbed, time));
                print(List.of("kubeconfig: " + testbed.kubeconfig()));
            }
        }
    }

    /** Where nobody looks, nothing is cut: a line is as long as what it has to say. */
    private int width() {
        Console console = wiring.console();
        return console.terminal() ? console.columns() : Integer.MAX_VALUE;
    }

    /** Empty when the testbed was made to a topology that does not let the stack be reached. */
    private Optional<Stack> stack(Testbed testbed, Timekeeper time) {
        try {
            return Optional.of(options.harness(wiring)
                    .stack(testbed, upstream(testbed, time), wiring.clock())
                    .apply(profile(testbed, time)));
        } catch (Problem unreachable) {
            print(List.of("the stack cannot be looked at: " + unreachable.getMessage()));
            return Optional.empty();
        }
    }

    private static List<String> flavours(Testbed testbed, Timekeeper time) {
        var upstream = new TreeSet<>(
                upstream(testbed, time).values().stream().map(Image::reference).toList());
        return List.of(
                "upstream's software: " + (upstream.isEmpty() ? "none, all is ours" : String.join(", ", upstream)));
    }

    /** Upstream's components answer otherwise than ours do. */
    private static Map<String, Image> upstream(Testbed testbed, Timekeeper time) {
        try {
            return time.within(ONE_LOOK.dividedBy(2), () -> Stack.deployedUpstream(testbed.cluster())).stream()
                    .map(id -> new Image(RealFlavours.PREFIX + id, Image.Flavour.REAL, id))
                    .collect(Collectors.toMap(Image::name, Function.identity()));
        } catch (Exception unknown) {
            return Map.of();
        }
    }

    /** Whatever it was deployed with says what steady means; while nobody can tell, the usual one does. */
    private Profile profile(Testbed testbed, Timekeeper time) {
        var folder = wiring.home().resolve("stack");
        try {
            return Profile.read(
                    folder,
                    time.within(ONE_LOOK.dividedBy(2), () -> Stack.deployedProfile(testbed.cluster()))
                            .orElse(SessionSettings.PROFILE));
        } catch (Exception unknown) {
            return Profile.read(folder, SessionSettings.PROFILE);
        }
    }

    private List<String> damage(Testbed testbed) {
        var lines = new ArrayList<String>();
        var harness = options.harness(wiring);
        harness.watcherLog().lines().forEach(line -> lines.add("watcher: " + line));
        harness.journal(wiring.clock(), Watcher.none())
                .open(testbed.name())
                .forEach(announced -> lines.add("broken, or may be: " + announced.fault() + " (announced "
                        + announced.wallTime() + "); unless a run is at work, ./chaos heal undoes it"));
        return lines;
    }

    private void print(List<String> lines) {
        lines.forEach(wiring.console().out()::println);
    }

    private void watch(Lookout lookout, Picture first, Testbed testbed, Timekeeper time) {
        var terminal = wiring.console().terminal();
        var drawing = new Drawing(width(), terminal);
        Deque<Changes.Change> lately = new ArrayDeque<>();
        if (terminal) {
            wiring.console().out().print(CLEAR_ALL);
        } else {
            print(drawing.of(first));
        }
        for (Picture before = first; ; ) {
            if (terminal) {
                redraw(drawing.of(before), drawing.of(List.copyOf(lately)), damage(testbed));
            }
            lookout.look();
            pause(time);
            var now = lookout.picture();
            var changes = Changes.between(before, now);
            changes.forEach(lately::addLast);
            while (lately.size() > CHANGES) {
                lately.removeFirst();
            }
            if (!terminal) {
                changes.forEach(change -> wiring.console().out().println(change));
            }
            before = now;
        }
    }

    private static void pause(Timekeeper time) {
        try {
            time.pause(REDRAW);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    /** Line over line, so that nothing flickers; what the terminal is too low for is counted. */
    private void redraw(List<String> picture, List<String> changes, List<String> damage) {
        var lines = new ArrayList<>(picture);
        lines.addAll(damage);
        if (!changes.isEmpty()) {
            lines.add("lately:");
            lines.addAll(changes);
        }
        int room = wiring.console().rows() - 1;
        if (lines.size() > room) {
            // The latest changes and the components matter more than the last zone.
            int tail = changes.isEmpty() ? 0 : changes.size() + 1;
            int head = Math.max(0, room - tail - 1);
            var shown = new ArrayList<>(lines.subList(0, head));
            shown.add("… " + (lines.size() - head - tail) + " more lines: make the terminal higher or wider");
            shown.addAll(lines.subList(lines.size() - tail, lines.size()));
            lines = shown;
        }
        var text = new StringBuilder(HOME);
        lines.forEach(line -> text.append(line).append(CLEAR_REST_OF_LINE).append('\n'));
        wiring.console().out().print(text.append(CLEAR_BELOW));
        wiring.console().out().flush();
    }
}
