package aeterna.chaos.expect;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the HA page says, as {@code docs/promises.md} numbers it, and why no scenario tests some of it.
 *
 * @param lines by number, in the page's order
 * @param untested reasons by number
 */
public record PromisePage(Map<String, Line> lines, Map<String, String> untested) {
    private static final Pattern NUMBER = Pattern.compile("\\d+\\.\\d+");
    /** The heading of the table that gives reasons. */
    private static final String UNTESTED = "Tested by no scenario";
    /** The heading of the table whose rows refer to the others. */
    private static final String CHECKLIST = "Checklist";

    /**
     * One thing that the page says.
     *
     * @param number such as {@code 3.3}
     * @param section the page's own heading
     * @param words what it says
     */
    public record Line(String number, String section, String words) {
        @Override
        public String toString() {
            return number + " " + section + ": " + words;
        }
    }

    /**
     * Reads the file.
     *
     * @throws Problem when it cannot be read, or has no line of that form
     */
    public static PromisePage read(Path file) {
        try {
            return of(Files.readAllLines(file));
        } catch (IOException unreadable) {
            throw new Problem(
                    "what the page promises cannot be read from " + file + ": " + unreadable.getMessage(),
                    "Run from the project's folder.",
                    unreadable);
        }
    }

    static PromisePage of(List<String> text) {
        var lines = new LinkedHashMap<String, Line>();
        var untested = new LinkedHashMap<String, String>();
        var heading = "";
        for (var row : text) {
            if (row.startsWith("## ")) {
                heading = row.substring(3).strip();
            }
            var cells = cells(row);
            if (cells.size() < 3 || !NUMBER.matcher(cells.get(0)).matches()) {
                continue;
            }
            var number = cells.get(0);
            if (heading.equals(UNTESTED)) {
                untested.put(number, cells.get(2));
            } else if (heading.equals(CHECKLIST)) {
                lines.put(number, new Line(number, CHECKLIST, cells.get(1)));
                if (NUMBER.matcher(cells.get(2)).find()) {
                    untested.put(number, "tested as " + cells.get(2));
                }
            } else {
                lines.put(number, new Line(number, cells.get(1), cells.get(2)));
            }
        }
        if (lines.isEmpty()) {
            throw new Problem("the file of the page's promises numbers none", "Restore docs/promises.md.");
        }
        return new PromisePage(lines, untested);
    }

    private static List<String> cells(String row) {
        var cells = new ArrayList<String>();
        if (row.startsWith("|")) {
            Stream.of(row.split("\\|", -1)).skip(1).map(String::strip).forEach(cells::add);
        }
        return cells;
    }

    /**
     * The lines of those numbers, in the order in which they are named.
     *
     * @throws Problem for a number that there is not
     */
    public List<Line> named(String... numbers) {
        return Stream.of(numbers)
                .map(number -> {
                    var line = lines.get(number);
                    if (line == null) {
                        throw new Problem(
                                "the page promises nothing under the number " + number,
                                "Name one of docs/promises.md.");
                    }
                    return line;
                })
                .toList();
    }
}
