package aeterna.chaos.status;

import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.Zone;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.status.Line.Ink;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A picture as lines of text: the components and whether each is steady, then zones × nodes × pods.
 *
 * @param columns how wide a line may be
 * @param colours whether to use them
 */
public record Drawing(int columns, boolean colours) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

    /** Between zones that stand side by side. */
    private static final int GUTTER = 3;

    /** The drawing, each element one line. */
    public List<String> of(Picture picture) {
        var lines = new ArrayList<Line>();
        lines.add(head(picture));
        trouble("the machines", picture.machines()).ifPresent(lines::add);
        trouble("the API server", picture.nodes().trouble().isEmpty() ? picture.pods() : picture.nodes())
                .ifPresent(lines::add);
        lines.add(Line.of(""));
        lines.addAll(components(picture));
        lines.addAll(beside(zones(picture)));
        return render(lines);
    }

    /** Other lines in the same style: what is there, with its time. */
    public List<String> of(List<Changes.Change> changes) {
        return render(changes.stream()
                .map(change -> Line.of("  " + TIME.format(change.at()) + "  ", Ink.FAINT)
                        .plus(change.subject() + ": ", Ink.PLAIN)
                        .plus(change.before() + " → ", Ink.FAINT)
                        .plus(change.now(), change.good() ? Ink.GOOD : Ink.WARNING))
                .toList());
    }

    private List<String> render(List<Line> lines) {
        return lines.stream().map(line -> line.cut(columns).render(colours)).toList();
    }

    private static Line head(Picture picture) {
        return Line.of("testbed " + picture.testbed(), Ink.BOLD)
                .plus(
                        "  " + picture.provider() + ", " + picture.topology().name()
                                + picture.profile()
                                        .map(name -> ", profile " + name)
                                        .orElse("") + "  "
                                + TIME.format(picture.at()),
                        Ink.FAINT);
    }

    /** The first line of what kept somebody from being seen. */
    private static Optional<Line> trouble(String who, Seen<?> seen) {
        if (seen.trouble().isEmpty()) {
            return seen.value().isPresent()
                    ? Optional.empty()
                    : Optional.of(Line.of(who + ": not seen yet", Ink.FAINT));
        }
        var stale = seen.value().isPresent() ? "; what is shown was seen before" : "";
        return Optional.of(Line.of(who + ": " + seen.trouble() + stale, Ink.BAD));
    }

    private static List<Line> components(Picture picture) {
        if (picture.parts().isEmpty()) {
            return List.of();
        }
        if (picture.pods().value().isPresent()
                && picture.podsOf(Stack.NAMESPACE).isEmpty()
                && picture.profile().isEmpty()) {
            return List.of(Line.of("no stack is deployed; ./chaos up deploys it", Ink.WARNING), Line.of(""));
        }
        var lines = new ArrayList<Line>();
        lines.add(Line.of(row("component", "pods", "state"), Ink.FAINT));
        for (var part : picture.parts()) {
            lines.add(component(picture, part));
        }
        lines.add(Line.of(""));
        return lines;
    }

    private static Line component(Picture picture, Picture.Part part) {
        var pods = picture.podsOf(Stack.NAMESPACE).stream()
                .filter(pod -> part.workloads().contains(pod.workload()))
                .toList();
        var ready =
                pods.stream().filter(pod -> pod.ready() && !pod.terminating()).count();
        var count = picture.pods().value().isPresent() ? ready + "/" + pods.size() : "?";
        var line = Line.of(row(part.id(), count, ""));
        var steady = part.steady();
        if (!steady.trouble().isEmpty()) {
            return line.plus("unknown  ", Ink.WARNING).plus(steady.trouble(), Ink.PLAIN);
        }
        return steady.value()
                .map(look -> look.steady()
                        ? line.plus("steady   ", Ink.GOOD).plus(look.seen(), Ink.FAINT)
                        : line.plus("UNSTEADY ", Ink.BAD).plus(look.seen(), Ink.PLAIN))
                .orElse(line.plus("…", Ink.FAINT));
    }

    private static String row(String component, String pods, String state) {
        return "%-11s %-5s %s".formatted(component, pods, state);
    }

    /** One block per zone, that of no zone first, and at the end what is on no node. */
    private static List<List<Line>> zones(Picture picture) {
        var names = Widths.of(picture);
        var blocks = new ArrayList<List<Line>>();
        blocks.add(zone("outside every zone", List.of(picture.topology().controlPlane()), picture, names));
        for (Zone zone : picture.topology().zones()) {
            blocks.add(zone(zone.name(), picture.topology().nodesIn(zone), picture, names));
        }
        var known = picture.topology().nodes().stream().map(Node::name).toList();
        var homeless = picture.pods().value().orElse(List.of()).stream()
                .filter(pod -> !known.contains(pod.node()) && !pod.phase().equals("Succeeded"))
                .toList();
        if (!homeless.isEmpty()) {
            var block = new ArrayList<Line>();
            block.add(Line.of("on no node", Ink.BAD));
            homeless.forEach(pod -> block.add(pod(picture, pod, names)));
            block.add(Line.of(""));
            blocks.add(block);
        }
        return blocks;
    }

    private static List<Line> zone(String name, List<Node> nodes, Picture picture, Widths widths) {
        var machines = picture.machines().value().orElse(List.of()).stream()
                .collect(Collectors.toMap(Machine::node, Function.identity()));
        var states = picture.nodes().value().orElse(List.of()).stream()
                .collect(Collectors.toMap(NodeStatus::name, Function.identity()));
        var block = new ArrayList<Line>();
        block.add(Line.of(name, Ink.BOLD));
        for (Node node : nodes) {
            block.add(node(node, machines, states));
            var others = 0;
            for (var pod : picture.pods().value().orElse(List.of()).stream()
                    .filter(pod ->
                            pod.node().equals(node.name()) && !pod.phase().equals("Succeeded"))
                    .sorted(java.util.Comparator.comparing(PodStatus::name))
                    .toList()) {
                if (pod.namespace().equals(Stack.NAMESPACE) || !pod.ready() || pod.terminating()) {
                    block.add(pod(picture, pod, widths));
                } else {
                    others++;
                }
            }
            if (others > 0) {
                block.add(Line.of("    and " + others + (others == 1 ? " add-on" : " add-ons"), Ink.FAINT));
            }
        }
        block.add(Line.of(""));
        return block;
    }

    private static Line node(Node node, Map<String, Machine> machines, Map<String, NodeStatus> states) {
        var line = Line.of("  " + node.name());
        var machine = machines.get(node.name());
        if (machine == null) {
            line = line.plus("  machine ?", Ink.WARNING);
        } else {
            line = line.plus("  " + lower(machine.power()), machine.power() == Machine.Power.ON ? Ink.FAINT : Ink.BAD);
            if (machine.network() == Machine.Network.CUT_OFF) {
                line = line.plus(", cut off", Ink.BAD);
            }
        }
        var state = states.get(node.name());
        if (state == null) {
            line = line.plus(", node ?", Ink.WARNING);
        } else {
            line = state.ready()
                    ? line.plus(", Ready", Ink.GOOD)
                    : line.plus(", NotReady (" + state.reason() + ")", Ink.BAD);
        }
        return machine == null ? line : line.plus("  " + machine.address(), Ink.FAINT);
    }

    private static Line pod(Picture picture, PodStatus pod, Widths widths) {
        var part = picture.partOf(pod).map(Picture.Part::id).orElse("");
        var role = picture.role(pod);
        var whole = pod.ready() && !pod.terminating();
        var leads = Stream.of("primary", "leader", "master").anyMatch(role::equals);
        var line = Line.of("    " + (whole ? "● " : pod.terminating() ? "✕ " : "○ "), whole ? Ink.GOOD : Ink.BAD)
                .plus(pod.name(), whole ? Ink.PLAIN : Ink.WARNING)
                .padded(6 + widths.name() + 2)
                .plus(part, Ink.FAINT)
                .padded(6 + widths.name() + 2 + widths.part() + 2)
                .plus(role, leads ? Ink.BOLD : Ink.PLAIN)
                .padded(6 + widths.name() + 2 + widths.part() + 2 + widths.role() + 2);
        if (pod.restarts() > 0) {
            line = line.plus(pod.restarts() + (pod.restarts() == 1 ? " restart  " : " restarts  "), Ink.WARNING);
        }
        return whole ? line : line.plus(Changes.state(pod), Ink.BAD);
    }

    /** How wide the columns of pods are. */
    private record Widths(int name, int part, int role) {
        static Widths of(Picture picture) {
            var pods = picture.podsOf(Stack.NAMESPACE);
            return new Widths(
                    widest(pods.stream().map(PodStatus::name)),
                    widest(picture.parts().stream().map(Picture.Part::id)),
                    widest(pods.stream().map(picture::role)));
        }

        private static int widest(Stream<String> texts) {
            return texts.mapToInt(String::length).max().orElse(0);
        }
    }

    /** Zones next to each other as far as there is room, each column about as long as the others. */
    private List<Line> beside(List<List<Line>> blocks) {
        int width = blocks.stream()
                .flatMap(List::stream)
                .mapToInt(Line::length)
                .max()
                .orElse(0);
        int most = Math.max(1, (columns + GUTTER) / (width + GUTTER));
        int all = blocks.stream().mapToInt(List::size).sum();
        var filled = new ArrayList<List<Line>>(List.of(new ArrayList<>()));
        for (var block : blocks) {
            var last = filled.get(filled.size() - 1);
            // A block that would reach further past the even length than it stays below it begins the next column.
            if (!last.isEmpty() && filled.size() < most && last.size() + block.size() / 2 > (all + most - 1) / most) {
                last = new ArrayList<>();
                filled.add(last);
            }
            last.addAll(block);
        }
        var lines = new ArrayList<Line>();
        for (int row = 0; row < filled.stream().mapToInt(List::size).max().orElse(0); row++) {
            var line = Line.of("");
            for (int column = 0; column < filled.size(); column++) {
                var piece = row < filled.get(column).size() ? filled.get(column).get(row) : Line.of("");
                line = line.padded(column * (width + GUTTER)).plus(piece);
            }
            lines.add(line);
        }
        return lines;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
