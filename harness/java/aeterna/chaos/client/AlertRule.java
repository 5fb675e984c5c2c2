package aeterna.chaos.client;

import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * An alerting rule that Prometheus has loaded.
 *
 * @param name of its alerts
 * @param expression in PromQL
 * @param health {@code ok} once it was evaluated without error, {@code unknown} before, else {@code err}
 * @param error why it could not be evaluated; empty when it could
 */
public record AlertRule(String name, String expression, String health, String error) {
    private static final Pattern STRING = Pattern.compile("\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*'|`[^`]*`");
    private static final Pattern COMMENT = Pattern.compile("#[^\n]*");
    private static final Pattern MATCHERS_AND_RANGES = Pattern.compile("\\{[^}]*}|\\[[^]]*]");

    /** Lists of labels, which look like metrics, follow these words. */
    private static final Pattern LABELS =
            Pattern.compile("(?i)\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");

    private static final Pattern NAME = Pattern.compile("(?<![\\w:.])[a-zA-Z_:][\\w:]*(?!\\s*\\(|[\\w:])");

    private static final Set<String> WORDS = Set.of(
            "and",
            "or",
            "unless",
            "atan2",
            "bool",
            "offset",
            "by",
            "without",
            "on",
            "ignoring",
            "group_left",
            "group_right",
            "inf",
            "nan");

    /** The metrics that it speaks of, by name; those that it selects by a matcher on the name itself are not seen. */
    public SortedSet<String> metrics() {
        // Strings first: they may hold any of the other signs.
        var rest = STRING.matcher(expression).replaceAll("\"\"");
        rest = COMMENT.matcher(rest).replaceAll(" ");
        rest = MATCHERS_AND_RANGES.matcher(rest).replaceAll(" ");
        rest = LABELS.matcher(rest).replaceAll(" ");
        var names = new TreeSet<String>();
        NAME.matcher(rest)
                .results()
                .map(found -> found.group())
                .filter(name -> !WORDS.contains(name.toLowerCase(Locale.ROOT)))
                .forEach(names::add);
        return names;
    }
}
