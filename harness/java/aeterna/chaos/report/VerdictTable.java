package aeterna.chaos.report;

import aeterna.chaos.model.Finding;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Series;
import aeterna.chaos.model.Setting;
import aeterna.chaos.model.Verdict;
import aeterna.chaos.model.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The end of a run on the console: plain text, at most 120 columns wide. */
public final class VerdictTable {
    /** With the gaps between them 120 columns. */
    private static final int[] WIDTHS = {36, 7, 14, 20, 35};

    private static final int BECAUSE = 200;
    private static final String GAP = "  ";

    private VerdictTable() {}

    /** The table of a run, each line with its line feed. */
    public static String of(List<History> histories) {
        var text = new StringBuilder();
        row(text, "SCENARIO", "VERDICT", "EXPECTED", "MEASURED (PROMISED)", "BECAUSE");
        for (var series : Series.of(histories)) {
            series.histories().stream().filter(series::repeated).forEach(history -> repeated(text, history));
            var history = series.decisive();
            var setting = history.began().setting();
            var judged = history.judged();
            var findings = history.all(Finding.class).toList();
            var measured = series.measured();
            var numbers = findings.stream()
                    .filter(finding -> finding.limit().isPresent())
                    .map(finding -> number(finding) + spread(measured.getOrDefault(finding.promise(), List.of())))
                    .toList();
            var because = judged.verdict() == Verdict.HELD && !findings.isEmpty()
                    ? findings.get(0).because()
                    : judged.because();
            row(
                    text,
                    name(setting),
                    judged.verdict().toString(),
                    setting.expected().word() + (setting.expected().metBy(judged.verdict()) ? "" : "\n<- UNEXPECTED"),
                    String.join("\n", numbers),
                    Html.shorten(because, BECAUSE));
        }
        return text.append(Cost.of(histories)).append('\n').toString();
    }

    /** Nothing was proven by it, and it does not count; but that it took two attempts is never left unsaid. */
    private static void repeated(StringBuilder text, History history) {
        row(
                text,
                name(history.began().setting()) + "\n (attempt "
                        + history.began().setting().trial().attempt() + ")",
                history.judged().verdict().toString(),
                "repeated",
                "",
                Html.shorten(history.judged().because(), BECAUSE));
    }

    private static String name(Setting setting) {
        return setting.scenario().replaceFirst("\\.", "\n .");
    }

    private static String number(Finding finding) {
        return finding.measured().map(Words::of).orElse("?") + " ("
                + finding.limit().map(Words::of).orElseThrow() + ")";
    }

    /** Of several trials, below the decisive one's number. */
    private static String spread(List<Duration> times) {
        return Spread.of(times)
                .map(spread ->
                        "\n " + spread.trials() + " trials: median\n " + spread.median() + "\n p90 " + spread.p90())
                .orElse("");
    }

    private static void row(StringBuilder text, String... cells) {
        var columns = new ArrayList<List<String>>();
        var height = 1;
        for (var i = 0; i < cells.length; i++) {
            var lines = wrap(cells[i], WIDTHS[i]);
            columns.add(lines);
            height = Math.max(height, lines.size());
        }
        for (var line = 0; line < height; line++) {
            var out = new StringBuilder();
            for (var i = 0; i < WIDTHS.length; i++) {
                var cell = line < columns.get(i).size() ? columns.get(i).get(line) : "";
                out.append(cell).append(" ".repeat(WIDTHS[i] - cell.length())).append(i < WIDTHS.length - 1 ? GAP : "");
            }
            text.append(out.toString().stripTrailing()).append('\n');
        }
    }

    /** The last beginning of a word within a camelCase name, else simply the width. */
    private static int hump(String word, int width) {
        for (var end = width; end > width / 2; end--) {
            if (Character.isUpperCase(word.charAt(end))) {
                return end;
            }
        }
        return width;
    }

    /** Breaks between words, and words that are longer than a line wherever it ends. */
    static List<String> wrap(String cell, int width) {
        var lines = new ArrayList<String>();
        for (var paragraph : cell.replaceAll("[\\p{Cntrl}&&[^\n]]", " ").split("\n", -1)) {
            var rest = paragraph.stripTrailing();
            while (rest.length() > width) {
                var space = rest.lastIndexOf(' ', width);
                var end = space > 1 ? space : hump(rest, width);
                lines.add(rest.substring(0, end));
                rest = rest.substring(end).stripLeading();
            }
            lines.add(rest);
        }
        return lines;
    }
}
