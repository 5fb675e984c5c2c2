package aeterna.chaos.model;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds what somebody who mistyped a name may have meant. */
public final class Nearest {
    private static final int SUGGESTIONS = 3;

    private Nearest() {}

    /** The known names that are close to the word, closest first; empty when none is. */
    public static List<String> to(String word, Collection<String> known) {
        String wanted = word.toLowerCase(Locale.ROOT);
        int tolerance = Math.max(2, wanted.length() / 3);
        record Candidate(String name, int distance) {}
        return known.stream()
                .distinct()
                .map(name -> new Candidate(name, distance(wanted, name.toLowerCase(Locale.ROOT))))
                .filter(candidate -> candidate.distance() <= tolerance
                        && candidate.distance()
                                < Math.max(wanted.length(), candidate.name().length()))
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .limit(SUGGESTIONS)
                .map(Candidate::name)
                .toList();
    }

    /** A sentence that names the nearest ones, or all there are when none is near. */
    public static String remedy(String word, Collection<String> known) {
        List<String> near = to(word, known);
        if (!near.isEmpty()) {
            return "Did you mean " + String.join(" or ", near) + "?";
        }
        return known.isEmpty()
                ? "There are none."
                : "Known are: " + String.join(", ", known.stream().sorted().toList()) + ".";
    }

    /** Insertions, deletions, replacements and swaps of neighbours; a beginning of the name is one step away. */
    private static int distance(String word, String name) {
        if (word.length() >= 2 && name.startsWith(word)) {
            return name.length() == word.length() ? 0 : 1;
        }
        int[][] steps = new int[word.length() + 1][name.length() + 1];
        for (int i = 0; i <= word.length(); i++) {
            for (int j = 0; j <= name.length(); j++) {
                if (i == 0 || j == 0) {
                    steps[i][j] = i + j;
                    continue;
                }
                int replaced = steps[i - 1][j - 1] + (word.charAt(i - 1) == name.charAt(j - 1) ? 0 : 1);
                int best = Math.min(replaced, 1 + Math.min(steps[i - 1][j], steps[i][j - 1]));
                if (i > 1
                        && j > 1
                        && word.charAt(i - 1) == name.charAt(j - 2)
                        && word.charAt(i - 2) == name.charAt(j - 1)) {
                    best = Math.min(best, steps[i - 2][j - 2] + 1);
                }
                steps[i][j] = best;
            }
        }
        return steps[word.length()][name.length()];
    }
}
