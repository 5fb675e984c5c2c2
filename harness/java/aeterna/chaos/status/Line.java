package aeterna.chaos.status;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** One line of text in colours, which can be measured and cut without them. */
record Line(List<Span> spans) {
    /** How text stands out. */
    enum Ink {
        PLAIN(""),
        BOLD("\u001b[1m"),
        FAINT("\u001b[2m"),
        GOOD("\u001b[32m"),
        WARNING("\u001b[33m"),
        BAD("\u001b[1;31m");

        private final String code;

        Ink(String code) {
            this.code = code;
        }
    }

    /** A piece of it. */
    record Span(String text, Ink ink) {}

    private static final String RESET = "\u001b[0m";

    Line {
        spans = List.copyOf(spans);
    }

    static Line of(String text) {
        return new Line(List.of()).plus(text, Ink.PLAIN);
    }

    static Line of(String text, Ink ink) {
        return new Line(List.of()).plus(text, ink);
    }

    Line plus(String text, Ink ink) {
        var longer = new ArrayList<>(spans);
        longer.add(new Span(text, ink));
        return new Line(longer);
    }

    Line plus(Line other) {
        var longer = new ArrayList<>(spans);
        longer.addAll(other.spans);
        return new Line(longer);
    }

    int length() {
        return spans.stream().mapToInt(span -> span.text().length()).sum();
    }

    /** The same, at least that long. */
    Line padded(int columns) {
        return plus(" ".repeat(Math.max(0, columns - length())), Ink.PLAIN);
    }

    /** The same, at most that long; an ellipsis stands for what is left out. */
    Line cut(int columns) {
        if (length() <= columns) {
            return this;
        }
        var kept = new ArrayList<Span>();
        int left = columns - 1;
        for (Span span : spans) {
            int part = Math.min(left, span.text().length());
            kept.add(new Span(
                    span.text().substring(0, part) + (part < span.text().length() ? "…" : ""), span.ink()));
            left -= part;
            if (part < span.text().length()) {
                break;
            }
        }
        return new Line(kept);
    }

    String render(boolean colours) {
        return spans.stream()
                .map(span -> colours && span.ink() != Ink.PLAIN ? span.ink().code + span.text() + RESET : span.text())
                .collect(Collectors.joining())
                .stripTrailing();
    }
}
